"""Words read by a person: the words of the mood tasks, what the language tasks leave out,
rare words and sentences."""

from __future__ import annotations

# Words of the sentiment lexicon that are clearly good or clearly bad when they stand alone.
_POSITIVE_TEXT = """
    acceptance accomplish accomplished admirable admiration admire admired admirer admirers admiring adorable
    adoration adore adored advantageous affection affectionate affectionately affections agreeable amazed amazement
    amazes amazing ambitious amuse amused amusement amusing applaud applauded applause appreciate appreciated
    appreciates appreciating appreciation appreciative approval approved approves astonished astounding attraction
    attractions attractive attractiveness awesome beauties beautiful beautifully beauty beloved benefit benefits
    benevolent bliss blissful bonus brave bravely bravery bravest breathtaking bright brighten brighter brightest
    brightly brightness brilliance brilliant brilliantly calmer calming capable carefree cares caring celebrate
    celebrated celebrates celebrating champ champion champions championship charitable charity charm charmed
    charming cheer cheered cheerful cheering cheery cherish cherished classy clever cleverly comfort comfortable
    comfortably comforting commend compassion compassionate compliment complimented compliments confidence confident
    confidently congratulate congratulations contentment convincing convincingly courage courageous courteous
    courtesy creative creatively creativity cute cutest delicious delight delighted delightful delights
    determination dignified dignity eager eagerly easiest easy ecstatic effective effectively efficiency efficient
    efficiently elegance elegant enchanted encourage encouraged encouragement encourages encouraging energetic
    energized enjoy enjoyable enjoyed enjoying enjoyment enjoys entertained entertaining entertainment enthusiasm
    enthusiastic enthusiastically ethical excel excelled excellence excellent excite excitedly excitement excites
    exhilarating fabulous faithful faithfully fantastic fascinated fascinating fascination favorable favorably
    favorite favorites fearless festive flattered flawless fond fondly fondness forgiving fortunate friend friendly
    friends friendship friendships fulfilled funnier funniest funny generosity generous generously gentle gently
    giggle giggling glad glamorous glamour glee glorious glory goodness gorgeous grace graceful gracefully gracious
    graciously grandeur grateful gratification gratifying gratitude great greater greatest handsome happier happiest
    happily happiness happy harmonious harmony healthy heartfelt heartwarming help helpful helps hero heroes heroic
    heroine heroism holiday holidays honest honestly honesty honor honorable honored honoring honors honour
    honourable honoured honours hopeful hopefully hoping hugs humorous humour impress impressed impressing
    impressive improve improved improvement improves improving innovate innovation innovative inspiration
    inspirational inspirations inspire inspired inspires inspiring intelligence intelligent intelligently
    interestingly invincible jolly joyful joyous joys kinder kindly kindness laughter likeable lively lovable lovely
    loving lovingly loyal loyalty luck luckily lucky magnificent marvel marvelous masterpiece masterpieces merry
    miracle motivate motivated motivating nice nicely nicer nicest nifty nurtured nurturing optimism outstanding
    paradise passion passionate passionately passions peace peaceful peacefully perfect perfected perfecting
    perfection perfectly picturesque playful pleasant pleasantly pleased pleases pleasing pleasurable pleasure
    pleasures popular popularity positive positively positives positivity powerful praise praised praises praising
    precious prettier prettiest pretty prizes profitable progress prosperous proud proudly radiant reassured
    reassuring recommend rejoice relax relaxation relaxed relaxing relief remarkable respect respectable respected
    respectful respectfully respecting reward rewarded rewarding rewards richness romance romantic romantically safe
    safely safer safest safety satisfaction satisfied satisfies satisfy satisfying sincere sincerely smart smarter
    smartest smile smiled smiles smiling soothe sparkle splendid splendor strength stunning succeed succeeded
    succeeding succeeds success successes successful successfully sunny sunshine superb sweet sweetheart sweetly
    sweetness talent talented talents tenderness terrific thank thanked thankful thankfully thanks thoughtful thrill
    thrilled thrilling thrills tranquility treasured triumph triumphant triumphs trustworthy truthful truthfully
    truths valuable valued vibrant virtue virtuous warmest warmly warmth wealth wealthier wealthiest wealthy welcome
    welcomes welcoming wellness winner winners winning wins wisdom wise wisely wonderful wonderfully worthy
"""
_NEGATIVE_TEXT = """
    abandon accident ache aching adverse adversity aggravated agitated agony anger angered angrily angry anguish
    animosity annoy annoyed annoying annoys antagonistic antagonists appalled appalling arrogance arrogant ashamed
    awful badly bankrupt betray betrayal betrayed betraying betrays bitterly bitterness blaming bothering brutal
    brutality brutally bullied bully bullying bummer burdens careless catastrophe catastrophic chaos chaotic cheat
    cheated cheater cheaters cheating cheats clueless collapse collision complain complained complains complaints
    condemned condemns contempt coward cowardly crash craziness crisis criticise criticised criticising criticism
    criticize criticized criticizing cruel cruelty curse cynical cynicism damage damaged damages damaging danger
    dangerous dangerously dangers darkest decay decaying deceit deceive deceived deception defective defects
    desperately desperation despised destroy destroyed destroying destroys destruction destructive devastated
    devastating devastation disadvantage disadvantages disagree disagreement disagreements disappoint disappointed
    disappointing disappointment disappointments disaster disasters disastrous discomfort discord discourage
    discouraged discouraging discredited disdain disgrace disgraced disgust disgusted disgusting dishonest
    disillusioned dislike disliked dislikes dismal dismay disorder disqualified disregarded disrespect disruption
    dissatisfaction dissatisfied distorted distraction distraught distress distressed distressing distrust disturb
    disturbance disturbed disturbing doom doomsday dread dreaded dreadful dubious duped dysfunction eerie
    embarrassed embarrassing embarrassment emptiness enemies enemy enraged error evil evils excruciating exhausted
    exhausting exhaustion fail failed failing failings fails failure failures fake fakes farce fault fear feared
    fearful fearing fears fiasco flawed foolishness fraud frauds fraudulent fright frightened frightening frustrated
    frustrating frustration frustrations furious furiously fury futile gloom greed grief grievance grievances
    grievous guilty gullible harm harmed harming harms harsh harsher hate hated hateful hates hating hatred havoc
    heartbreak heartbreaking heartbroken heartless helpless hindrance hopeless hopelessly horrendous horrible
    horribly horrid horrific horrified horrifying horror horrors hostile hostilities hostility humiliate humiliation
    hurt hurtful hurting hurts hypocritical ignorance ignoring illness illnesses inadequate incapable incompetence
    incompetent inconsiderate inconvenience indignation inferior infuriating injured injury injustice insecure
    insecurities insecurity insult insulted insulting insults interruption interruptions intimidated intimidating
    intimidation irresponsible irritable irritate irritated irritating irritation jealous jeopardy lament lazy liar
    loathe loathing loneliness lonely lonesome loser losers losing losses lousy ludicrous lying meaningless
    melancholy menace mess messy mindless miserable miserably misery misleading mistakes misunderstand
    misunderstanding nagging nasty negative negativity neglect neglected neglecting nonsense notorious obnoxious
    obstacle obstacles outcry outrage outraged outrageous pain painful painfully pains panic panicked panicking
    pathetic peril pessimistic pitiful poison poisoned poisoning poisonous poisons poverty powerless problematic
    punish punished punishing punishment punishments recession reckless regret regrets regretted regretting reject
    rejected rejecting rejection resentment revenge ridicule ridiculed ridiculous rotten rude ruin ruined ruins
    saddened saddest sadly sadness scam scams scandal scandalous scandals scare scared scaring scary scorn scream
    screaming selfish selfishness shame shamed shameful shattered shocking sickening sinister sluggish sobs somber
    sorrow sorrows steal stealing steals stench stingy strained stress stresses stressful stressing stubborn suffer
    suffered sufferers suffering suffers suspicion suspicions suspicious suspiciously tantrum terrible terribly
    terrified terrifying thief thieves threat threaten threatened threatening threats tired tragedies tragedy tragic
    tragically travesty trembling trouble troubled troubles troublesome troubling turmoil ugly unacceptable
    uncomfortable uncomfortably uncontrollable undesirable uneasy unemployment unethical unfair unfortunate
    unfriendly ungrateful unhappiness unhappy unhealthy unjust unpleasant unprofessional unstable unsuccessful
    unsuccessfully unwelcome unworthy upset upsets upsetting useless vicious vile villain villains waste wasted
    wasting weakness weaknesses whine woes worries worry worse worsen worsened worsening worst worthless wreck
    wronged
"""
POSITIVE_WORDS = tuple(_POSITIVE_TEXT.split())
NEGATIVE_WORDS = tuple(_NEGATIVE_TEXT.split())

# Frequent words of the language lists that are names, or that are rude.
_NOT_A_GOOD_WORD_TEXT = """
    putain mierda cazzo scheisse scheiße merde pute puta kut kanker neuken klootzak arsch arschloch fick ficken salope
    connard bordel stronzo merda culo figa troia coño joder cabrón puto maldito verga deutschland österreich schweiz
    frankreich québec montréal allemagne belgique duitsland belgië frankrijk nederland vlaanderen alemania francia
    españa méxico japón méxico israël états angleterre espagne italie bretagne europe afrique amérique hitler nazi
    wien köln münchen napoli torino firenze roma milano venezia berlusconi renzi merkel macron sarkozy hollande
    chávez castro madrid sevilla bogotá perú bolivia cataluña galicia asesinato muerto muertos murió doden vermoord
    moord morire opfer tötung mort morts guerre haine slachtoffers oorlog krieg kanker kreeg kreuz nazis islam
    moslims muslime musulmans musulmani islamique islámico juifs juden joden ebrei judíos chine afrikaanse prostituées
    sexe sesso tiert mierda pedo polla
"""
NOT_A_GOOD_WORD = frozenset(_NOT_A_GOOD_WORD_TEXT.split())

# Words that few people use.
_RARE_WORDS_TEXT = """
    abacus aglet alcove alpaca amulet anvil apiary armoire astrolabe aviary awning balustrade barnacle bassoon bellows
    bevel bobbin bodkin bollard brocade bucolic bunion burdock burlap cairn caldera cantilever caravel carafe catkin
    chaise chalice chasuble chicory cistern clavichord cloister cobbler conch cordial cornice cravat crampon crenel
    croquet cuttlefish dahlia decanter dinghy dirigible doily dormouse dulcimer earwig eiderdown epaulette escarpment
    ewer fennel ferret filigree firkin flagon foxglove frieze fulcrum gable gadfly gargoyle gazebo gherkin gimlet
    gooseberry gosling grebe gusset haddock halyard hammock harpsichord hassock heliotrope heron hyssop ibex inkwell
    isthmus jackdaw jerkin jodhpurs juniper kestrel kohlrabi lapwing larder lattice lectern limpet linnet lozenge
    macaroon mandrake mantelpiece marjoram marquetry marzipan metronome millet minaret moorhen mortise mulberry muslin
    narwhal nasturtium nettle newt nougat oboe obelisk ocelot ottoman oxbow palisade pantry parapet parsnip pauper
    peahen pelican periwinkle pewter piccolo pinafore pinnacle pipette plinth porcupine portcullis primrose pumice
    quagmire quince quiver rampart rhubarb rivet rutabaga samovar sandpiper sarsaparilla scabbard scallop sextant
    shallot sickle skein sluice snipe sorrel spatula spinet spindle stoat sundial swaddle tadpole talisman tapir
    tassel teasel thimble thistle thresher tincture toadstool toffee tourniquet trestle truffle tureen turnip turret
    ukulele urn valance vellum vestibule viaduct vole walrus warbler wattle weir whelk wicket wigwam yew zither
"""
RARE_WORDS = tuple(_RARE_WORDS_TEXT.split())

# Words that are as good as verbs without an object as they are as nouns.
_NOUNS_AND_VERBS_TEXT = """
    answer call climb cook cough cry dance dive dream drink drive fall fight fish guess hike hope jump kick knock laugh
    lie look march move nap paint party pause play race rest return ride rush sail search shop shout shower
    sketch sleep slip smile sneeze snore stand start stay stop study surf swim talk travel turn visit vote
    wait walk wash watch whisper whistle wish work yawn
"""
NOUNS_AND_VERBS = tuple(_NOUNS_AND_VERBS_TEXT.split())
NOUN_SENTENCES = (
    "After dinner they spoke about the *{}* for almost half an hour.",
    "Her first *{}* of the day came a little later than usual.",
    "The long *{}* had made everybody in our small group rather tired.",
    "Nobody in the room had expected such a *{}* from him.",
    "His *{}* was so unusual that all of the neighbours noticed it.",
    "That *{}* is something I will remember for the rest of my life.",
    "She told her sister about every *{}* that she could think of.",
    "Without another *{}* the whole evening would have been much more boring.",
    "What surprised us most that afternoon was the very last *{}*.",
    "In his diary he made a short note about each *{}*.",
)
VERB_SENTENCES = (
    "After dinner they wanted to *{}* for almost half an hour.",
    "Her friends often *{}* in the morning before the others wake up.",
    "We can *{}* here until the rest of our small group comes back.",
    "Nobody in the room had expected him to *{}* at all.",
    "You should not *{}* so much when the neighbours are at home.",
    "When I am old, I will still *{}* whenever I feel like it.",
    "She told her sister that they must *{}* as soon as possible.",
    "If the children *{}* again, the whole evening will be less boring.",
    "What surprised us most was that the guests did not *{}*.",
    "His parents always let him *{}* on Saturday afternoons in the summer.",
)
