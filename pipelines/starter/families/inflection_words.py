"""Words read by a person: which are left out of the inflection tasks, and which form is right where two exist."""

from __future__ import annotations

# Nouns whose plural is not made by adding -s, -es or -ies. All that can be used are, so that they have a fair share.
_IRREGULAR_NOUNS_TEXT = """
    alumnus analysis antithesis axis bacterium basis batsman bookshelf businessman calf cameraman chairman child
    clergyman countryman craftsman crisis criterion diagnosis elf ellipsis fireman fisherman foot foreman
    freshman gentleman goose grandchild gunman half handyman horseman housewife hypothesis knife layman leaf
    life loaf louse mailman man metamorphosis midwife milkman mouse neurosis nobleman nucleus oasis parenthesis
    penknife phenomenon policeman policewoman postman prognosis psychosis quiz salesman self serviceman sheaf
    shelf snowman spokesman spokeswoman sportsman statesman stepchild stimulus swordsman synthesis thesis thief
    tooth tradesman watchman werewolf wife wolf woman workman
"""
IRREGULAR_NOUNS = tuple(_IRREGULAR_NOUNS_TEXT.split())

# Everyday nouns that are verbs too; their frequency says nothing of the noun, so a person chose them.
_NOUNS_THAT_ARE_VERBS_TEXT = """
    baby bag ball band bank beach bed bell belt bike boat bone book boot boss bottle bowl box branch brand brick
    bridge brush bus button cake camera card cat cave chain chair cheek chicken clip clock cloud clue coach coat
    coin copy couple cow cross cup dish doctor dog doll drug drum duck ear egg eye face farm fence field finger
    flag flower fly forest garden gate ghost glass guest gun hand head hook horn horse house inch island jacket
    joke judge key king kiss knee lake letter lip machine map market mask match meal mirror monkey nail name
    neighbor nerve note number nurse nut page park party pen pepper phone picture pipe plan plant plate pocket
    poll pool pot price process queen question rabbit race rat ring road rocket roof room rope route sandwich
    school screen seat sheet shell ship shirt shoe shop shoulder sign sketch skill snake soldier sponsor stage
    stamp star stone storm street study switch tail tank tape tax team tent throne ticket toe tool tower town
    toy track trail train tree truck wall watch wave wheel window wing wish witness word
"""
NOUNS_THAT_ARE_VERBS = tuple(_NOUNS_THAT_ARE_VERBS_TEXT.split())

# The usual form, where lemminflect also lists a rare or misspelt one.
SETTLED_PLURALS = {
    "axis": "axes",
    "bus": "buses",
    "cameraman": "cameramen",
    "criterion": "criteria",
    "half": "halves",
    "housewife": "housewives",
    "bookshelf": "bookshelves",
    "leaf": "leaves",
    "louse": "lice",
    "midwife": "midwives",
    "nucleus": "nuclei",
    "phenomenon": "phenomena",
    "roof": "roofs",
}
SETTLED_PASTS = {
    "control": "controlled",
    "fly": "flew",
    "occur": "occurred",
    "overcome": "overcame",
    "pay": "paid",
    "refer": "referred",
    "stay": "stayed",
    "tear": "tore",
}
SETTLED_COMPARATIVES = {"old": "older"}

# Of "axis" and "axe", of "basis" and "base", of "ellipsis" and "ellipse".
PLURALS_OF_TWO_NOUNS = frozenset({"axes", "bases", "ellipses"})

LEFT_OUT_NOUNS = {
    "seldom or oddly used in the plural": """
        addition appearance art behavior billion blessing business competition criticism death defense depth dozen
        education finding food fortune freedom genesis grocery health hearing heaven history holding horror income
        justice knowledge listing lot math mechanism medication million offering personality production protection
        quantum reality science security sixty teaching thousand ton truth way""",
    "another plural is in use as well": "cactus cargo dwarf fish person premium staff volcano",
    "not a noun by itself, or a name, slang or an abbreviation": """
        ass babe bra cam chick comes demo democrat dude exam gig ion jay lad mom other pro superman tory via vibe""",
    "offensive, or better not used as an example": """
        abortion bitch bomber bombing execution idiot killer killing liar loser prisoner rape shooting slave terrorist
        weakness whore zombie""",
}
LEFT_OUT_VERBS = {
    "a modal verb, without a past of its own": "can could may might must ought shall will would",
    "rarely a verb, or the past is mostly an adjective": """
        addict affiliate age ally arm associate base coat commission concern crowd curve doom engineer fame fashion
        finance gear gift hype interest outrage pair privilege programme relate root seat seed sentence size skill
        strand sum temper tire unite wee""",
    "another past is in use as well": """
        bet bid bind broadcast bust cast dig dive dwell fit forecast hang input kneel knit lean leap lie light output
        plead prove quit rid shave shear shine shrink sing slay sneak speed spit spring stink strew strive sweat
        thrive tread wake weave wed wet""",
    "offensive, or better not used as an example": """
        abuse bitch damn freak fuck murder piss rape screw shit slaughter stab suck torture""",
}
LEFT_OUT_ADJECTIVES = {
    "lemminflect's form is wrong": "blue homey true vague wee",
    "not an adjective here, or not one that is compared": """
        able base blind choice cross damned dead distinct drunk dwarf exact fatty few flip free game golden gray hip
        idle less lesser mere minute modern much numb often prompt prone purple randy real right round sheer slack
        sorry sound spare square still tan trim void well woody wrong yellow""",
    "another form is in use as well, often 'more …'": """
        acute ample bitter civil common glad handsome intense little loyal manly mature pleasant profound rapid remote
        secure severe shy sincere sly stupid tender timely unlikely""",
    "not an everyday word": """
        apt batty blond blonde brassy cosy coy cushy dank dire gauche gaudy grave hardy heady husky lax natty potty
        savvy seedy stoney stony wan""",
    "offensive, or better not used as an example": """
        bitchy bloody chubby cocky crappy curvy deaf dumb fat fleshy freaky gay gory gross horny kinky lame nude queer
        racy sexy skimpy sleazy trashy""",
}


def left_out(words_by_reason: dict[str, str]) -> frozenset[str]:
    """All the words that are left out, whatever the reason."""
    return frozenset(word for words in words_by_reason.values() for word in words.split())


# Adjectives whose degrees are made with "more" and "most" and never with -er and -est.
_LONG_ADJECTIVES_TEXT = """
    accurate active advanced aggressive ambitious amusing annoying anxious attractive awkward beautiful boring brilliant
    brutal capable careful careless cautious challenging charming cheerful colourful comfortable compelling competent
    competitive complicated confident confusing convenient convincing corrupt courageous creative crowded curious
    dangerous delicate delicious depressing desirable detailed determined devoted difficult diligent disappointing
    disastrous diverse dramatic durable economical educated effective efficient elaborate elegant eloquent emotional
    energetic enjoyable entertaining enthusiastic essential exciting exhausting exotic expensive experienced explosive
    exposed expressive extravagant extreme familiar famous fascinating favourable fertile flexible foolish forceful
    formal fragile frequent frightening frustrating fruitful fulfilling generous graceful grateful harmful harmonious
    helpful honest hopeful hospitable horrible idealistic imaginative impatient important impressive inclusive
    independent influential informative innovative inspiring intelligent intense interesting intimate intricate
    irritating isolated jealous joyful knowledgeable legendary likeable logical luxurious magnificent massive
    meaningful memorable merciful mischievous miserable modest moving mysterious natural nervous notable notorious
    obedient obscure observant optimistic organised original outrageous outspoken painful passionate patient peaceful
    peculiar perceptive persistent persuasive pessimistic picturesque playful poetic poisonous popular powerful
    practical precious precise predictable prestigious productive profitable prominent promising radical rational
    realistic reasonable rebellious reliable reluctant remarkable respected respectful responsible rewarding ridiculous
    rigid romantic satisfying selfish sensational sensible sensitive serious shameful shocking significant skilful
    skilled sophisticated spacious spectacular spontaneous stable stressful striking stubborn stunning successful
    suitable superficial superstitious surprising suspicious talented tempting terrible terrifying thorough thoughtful
    threatening tolerant touching tragic transparent troubled unusual upsetting urgent useful useless valuable
    versatile vibrant vicious vigorous violent visible vivid vulnerable wasteful welcoming wonderful worried
"""
LONG_ADJECTIVES = tuple(sorted(set(_LONG_ADJECTIVES_TEXT.split()) - {"stable", "extreme", "intense", "intimate"}))

# Adverbs in -ly that do not mean "in the way of the adjective", or whose adjective is doubtful.
_ADVERBS_LEFT_OUT_TEXT = """
    nearly gamely evilly asexually avowedly lastly abstractly precipitously perversely belligerently militantly
    likely supply hardly lately partly deadly overly madly gingerly verily majorly multiply express expressly
    incidentally coincidentally sexually racially ethnically politically presently dearly secondly fatally nightly
    periodically classically statistically mechanically historically geographically numerically graphically
    theoretically tactically economically dynamically optically lyrically barely scarcely shortly newly summarily
    patently soundly evenly criminally militarily religiously orally singly squarely roundly namely reportedly
    mistakenly virtually stealthily admittedly supposedly chiefly wholly justly inwardly outwardly upwardly
    purposely latterly doubly thirdly grossly forcibly conversely
"""
ADVERBS_LEFT_OUT = frozenset(_ADVERBS_LEFT_OUT_TEXT.split())
SETTLED_ADVERBS = {"wholly": "whole", "magically": "magical", "electrically": "electrical"}

# Less frequent words that are verbs and nothing else.
_MORE_VERBS_TEXT = """
    thank ensure afford breathe relate depend retreat disagree interact comply differ accommodate facilitate pierce
    interfere clarify convey obey minimize cooperate hesitate excel regain resemble comprehend preach navigate restart
    reside stimulate wander erase fetch intervene refresh terminate undermine assemble align await criticize endorse
    inspect maximize portray reconsider reproduce assert comprise differentiate presume interrupt invade attain
    motivate commence congratulate disrupt tease rotate adhere discourage intercept invent offend undo commute contend
    disturb summon administer prevail expire indulge evacuate persist redeem conceal inherit recreate starve
    collaborate dedicate derive descend empower oversee prohibit tighten correspond despise equip organise provoke
    reconcile cling coincide commemorate dine dissolve weaken abolish accumulate deter postpone revise speculate
    uncover wrestle analyse aspire cleanse annoy applaud compose diminish disconnect rejoice roam simplify stabilize
    suffice prosper unfold inject relocate simulate migrate mourn betray cultivate divert reopen carve compute
    contemplate depict embarrass conceive embark insure validate classify vanish authorize deceive elevate shorten
    loosen originate reunite surpass decorate exert fumble infect revisit soften awaken contradict escalate ignite
    ponder recycle prioritize broaden enrich illuminate supervise allocate instruct linger characterize perish
    reassure collide eradicate excite imitate compel recite refine specialize withhold customize encompass evoke
    proclaim straighten visualize hover meditate reload inhale ascend dismantle liberate revolve discern formulate
    summarize enlighten memorize mislead overturn reconstruct shatter mingle prolong redirect enlarge rename soothe
    circulate reconnect rectify amplify intensify deteriorate sharpen misunderstand overwhelm decipher impede refute
    innovate reiterate grapple neutralize discontinue dispense exhale maximise subtract transcend deduct unwind
    automate certify frighten irritate abstain emphasise omit unify deviate purify reinvent vibrate worsen assimilate
    renovate improvise juggle sift wither adorn evaporate inflate outperform reappear rearrange detach normalize
    fluctuate fasten flatten nestle encode unplug immerse rehearse hasten confide disprove calibrate narrate magnify
    restock enclose sweeten encrypt decompose modulate transcribe elongate unearth overhear excavate lengthen
"""
MORE_VERBS = tuple(_MORE_VERBS_TEXT.split())
