"""From a condition (a description embedding, a task vector) to adapter weights in one forward pass.

Holds conditions, the layout between adapters and network outputs, the networks and their artifact format.
It trains nothing by itself (that is `pipelines`), looks nothing up (that is `retrieval`) and may import only
`hyperlora`.
"""
