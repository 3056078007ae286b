"""The licence of what was made from several adapters."""

from __future__ import annotations

import pytest

from hyperlora.lora.licences import combined_licence


@pytest.mark.parametrize(
    ("licences", "expected"),
    [
        (["apache-2.0"], "apache-2.0"),
        (["mit", "mit"], "mit"),
        (["mit", "apache-2.0"], "apache-2.0 AND mit"),
        (["mit AND apache-2.0", "mit"], "apache-2.0 AND mit"),
        (["mit OR gpl-3.0", "apache-2.0"], "apache-2.0 AND (mit OR gpl-3.0)"),
        (["apache-2.0 AND (mit OR gpl-3.0)", "mit OR gpl-3.0"], "apache-2.0 AND (mit OR gpl-3.0)"),
        (["mit", "unknown"], "unknown"),
        (["mit", ""], "unknown"),
        ([], "unknown"),
    ],
)
def test_all_terms_of_all_parents_hold_at_once(licences: list[str], expected: str) -> None:
    assert combined_licence(licences) == expected
    assert combined_licence(reversed(licences)) == expected
    assert combined_licence([combined_licence(licences)]) == expected
