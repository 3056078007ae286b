"""The tables that the codes family reads: extensions, statuses, alphabets, elements, domains."""

from __future__ import annotations

_MIME_TEXT = """
    png image/png, jpg image/jpeg, gif image/gif, svg image/svg+xml, webp image/webp, bmp image/bmp, avif image/avif,
    tiff image/tiff, pdf application/pdf, json application/json, zip application/zip, gz application/gzip,
    rtf application/rtf, epub application/epub+zip, wasm application/wasm, html text/html, css text/css, csv text/csv,
    txt text/plain, js text/javascript, md text/markdown, ics text/calendar, mp3 audio/mpeg, ogg audio/ogg,
    mp4 video/mp4, mpeg video/mpeg, webm video/webm, woff2 font/woff2, ttf font/ttf, sql application/sql
"""
MIME_TYPES = dict(entry.split() for entry in _MIME_TEXT.split(","))

_KINDS_TEXT = {
    "image": "png jpg jpeg gif bmp webp tiff heic",
    "audio": "mp3 wav flac ogg m4a aac",
    "video": "mp4 avi mkv mov wmv webm",
    "spreadsheet": "xls xlsx ods csv",
    "archive": "zip rar 7z tar gz",
    "document": "doc docx odt pdf rtf txt",
}
FILE_KINDS = {kind: tuple(extensions.split()) for kind, extensions in _KINDS_TEXT.items()}

_FILE_FIRST_TEXT = (
    "annual autumn beach birthday board budget camping car city client contract course customer daily delivery draft "
    "family final first garden guest holiday hotel house interview invoice january july kitchen lecture library lunch "
    "meeting member monthly mountain museum music new office old order party payment planning product project "
    "quarterly river road school second shop spring staff street summer survey team test ticket tour travel visitor "
    "weekly winter workshop yearly"
)
FILE_FIRST = _FILE_FIRST_TEXT.split()
_FILE_SECOND_TEXT = (
    "account agenda album backup chart collection copy data details diary export figures guide handout history index "
    "item list log manual map material memo minutes notes overview page paper part plan preview protocol record "
    "report results review sample schedule scan series session sheet sketch slides song statement story summary "
    "table template text theme tour trip update version view"
)
FILE_SECOND = _FILE_SECOND_TEXT.split()

STATUSES = {
    200: "OK",
    201: "Created",
    202: "Accepted",
    204: "No Content",
    206: "Partial Content",
    301: "Moved Permanently",
    302: "Found",
    303: "See Other",
    304: "Not Modified",
    307: "Temporary Redirect",
    308: "Permanent Redirect",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    408: "Request Timeout",
    409: "Conflict",
    410: "Gone",
    411: "Length Required",
    412: "Precondition Failed",
    415: "Unsupported Media Type",
    429: "Too Many Requests",
    500: "Internal Server Error",
    501: "Not Implemented",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}
STATUS_KINDS = {2: "success", 3: "redirect", 4: "client error", 5: "server error"}
_WEB_FOLDERS_TEXT = (
    "about account api/items api/orders api/users articles assets blog books cart catalogue contact css docs downloads "
    "events faq feed files gallery help images img jobs js login media news pages photos prices products profile "
    "reports reviews rooms search shop static stock support team terms tickets tools uploads videos"
)
WEB_FOLDERS = _WEB_FOLDERS_TEXT.split()

_NATO_TEXT = (
    "Alfa Bravo Charlie Delta Echo Foxtrot Golf Hotel India Juliett Kilo Lima Mike November Oscar Papa Quebec Romeo "
    "Sierra Tango Uniform Victor Whiskey X-ray Yankee Zulu"
)
NATO = {word[0].lower(): word for word in _NATO_TEXT.split()}
_MORSE_TEXT = (
    ".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- --.."
)
MORSE = dict(zip("abcdefghijklmnopqrstuvwxyz", _MORSE_TEXT.split(), strict=True))

_GREEK_TEXT = (
    "alpha α, beta β, gamma γ, delta δ, epsilon ε, zeta ζ, eta η, theta θ, iota ι, kappa κ, lambda λ, mu μ, nu ν, "
    "xi ξ, omicron ο, pi π, rho ρ, sigma σ, tau τ, upsilon υ, phi φ, chi χ, psi ψ, omega ω"
)
GREEK = dict(entry.split() for entry in _GREEK_TEXT.split(", "))

_ELEMENTS_TEXT = """
    hydrogen H, helium He, lithium Li, beryllium Be, boron B, carbon C, nitrogen N, oxygen O, fluorine F, neon Ne,
    sodium Na, magnesium Mg, aluminium Al, silicon Si, phosphorus P, sulfur S, chlorine Cl, argon Ar, potassium K,
    calcium Ca, scandium Sc, titanium Ti, vanadium V, chromium Cr, manganese Mn, iron Fe, cobalt Co, nickel Ni,
    copper Cu, zinc Zn, gallium Ga, germanium Ge, arsenic As, selenium Se, bromine Br, krypton Kr, rubidium Rb,
    strontium Sr, yttrium Y, zirconium Zr, niobium Nb, molybdenum Mo, ruthenium Ru, rhodium Rh, palladium Pd,
    silver Ag, cadmium Cd, indium In, tin Sn, antimony Sb, tellurium Te, iodine I, xenon Xe, caesium Cs, barium Ba,
    tungsten W, rhenium Re, osmium Os, iridium Ir, platinum Pt, gold Au, mercury Hg, thallium Tl, lead Pb, bismuth Bi,
    radon Rn, radium Ra, thorium Th, uranium U, plutonium Pu
"""
ELEMENTS = dict(entry.split() for entry in _ELEMENTS_TEXT.split(","))

# Two-letter domains that mostly stand for their country, and are not sold for what they spell.
_DOMAINS_TEXT = (
    "ar at au be bg br ca ch cl cn cz de dk ee es fi fr gr hr hu id ie in is it jp ke kr lt lu lv mx my ng nl no nz pe "
    "ph pl pt ro se sg si sk th tr uk us uy vn za"
)
DOMAINS = _DOMAINS_TEXT.split()
_SITE_FIRST_TEXT = (
    "alpen apple art auto baker beach bike blue book bridge bright castle central city clever coffee corner crystal "
    "daily easy farm fast forest fresh friendly garden glass golden green happy harbour hill honest house island lake "
    "light little lucky market meadow modern mountain night north old open orange paper park pine plain quick quiet "
    "rapid red river rose royal silver simple smart snow south spring star stone sun swift travel tree urban valley "
    "white wild wind wood"
)
SITE_FIRST = _SITE_FIRST_TEXT.split()
_SITE_SECOND_TEXT = (
    "bakery bank bikes books boats cafe camp centre choir cinema clinic club cooking dance design doctors films "
    "fashion flowers foods forum "
    "furniture games garage guide gym homes hotel journal kitchen lab library magazine music news "
    "optics outlet paint pharmacy photo pizza press print radio rentals repair running school shoes shop sport stories "
    "studio tickets tools tours toys trains trips wines yoga"
)
SITE_SECOND = _SITE_SECOND_TEXT.split()

PROVINCES = {
    "01": ("Alberta", "AB"),
    "02": ("British Columbia", "BC"),
    "03": ("Manitoba", "MB"),
    "04": ("New Brunswick", "NB"),
    "05": ("Newfoundland and Labrador", "NL"),
    "07": ("Nova Scotia", "NS"),
    "08": ("Ontario", "ON"),
    "09": ("Prince Edward Island", "PE"),
    "10": ("Quebec", "QC"),
    "11": ("Saskatchewan", "SK"),
}

# Everyday words of three and four letters.
_SHORT_WORDS_TEXT = """
    able acid also area army away baby back bake bald ball band bank barn base bath bead bean bear beat bell belt bend
    best bike bird bite blow blue boat body boil bold bolt bone book boot born both bowl bulb busy cage cake call calm
    camp cape card care cart case cash cave cell chat chef chin chip city clap clay clip club coal coat code coin cold
    comb cook cool copy cord corn cost cove crab crew crop crow cube cure curl dark dart data date dawn deal dear deck
    deep deer desk dial dice dish dive dock door dove down draw drop drum duck dust duty each earn ease east easy echo
    edge epic even exam face fact fair fall fame farm fast fern file fill film find fine firm fish five flag flat flow
    foam fold folk food foot fork form fort four free frog fuel full game gate gear gift give glad glue goal goat gold
    good gown grid grow gulf hail hair half hall hand hard harp hawk head heap heat help herb hero high hike hill hint
    hive hold hole home hood hook hope horn host hour huge idea inch iron item jade jazz join joke jump june jury just
    keen keep kept kind king kite knee knot lace lake lamb lamp land lane last late lawn leaf leap left lens less life
    lift like lime line lion list live load loaf loan lock loft long look loop loud luck lung main make mall many maps
    mark mask meal mild milk mill mind mint mist mode mood moon more most moth move much myth nail name navy neat neck
    need nest news nice nine noon note oath obey okay omit once only open oval oven over pack page pair palm park part
    past path peak pear peel pile pine pipe plan play plot plum poem poet pole pond pony pool port post pour pull pump
    pure push quit quiz race rack rail rain rank rare read real rent rest rice rich ride ring rise road roam robe rock
    role roll roof room root rope rose ruby rule safe sage sail salt same sand save scan seat seed self send shed ship
    shoe shop show side sign silk sing sink site size skip slow snap snow soap sock sofa soft soil solo some song soon
    sort soup sour spin spot star stay stem step stir stop such suit sure swan swim tail take tale talk tall tank tape
    task taxi team tell tent term test text than that them then they thin this tide time tiny tire toad tone tool tour
    town trap tray tree trip true tube tune turn twin type unit upon urge vase vast verb very vest view vine visa vote
    wage wait wake walk wall want warm wash wave weak wear week well west what wide wild wind wing wire wise wish with
    wolf wood wool word work yard yarn year yoga your zone zoom
    ace act add age aid aim air all and ant any ape arc arm art ash ask awe axe bag bar bat bay bed bee bet big bin bit
    bow box boy bud bug bun bus buy cab can cap car cat cob cod cow cry cub cup cut day dew dig dip dog dot dry due ear
    eat egg elf elk elm end era eve eye fan far few fig fin fir fit fix flu fly fog for fox fun fur gap gas gem get gum
    guy hat hay hen her hid hip his hop hot how hub hug hut ice ink inn ivy jam jar jaw jet job jog joy key kid kit lab
    lap law lay leg let lid lip log lot low map mat may men met mix mob mop mud mug nap net new nod nor not now nut oak
    oar oat odd off oil old one opt our out owl own pad pan paw pay pea pen pet pie pig pin pit pod pop pot pub rag ram
    ran rat raw ray red rib rim rip rob rod row rub rug run rye sad saw say sea see set she shy sip sir sit six ski sky
    sly son spa spy sum sun tab tag tan tap tar tax tea ten the tie tin tip toe ton top toy try tub two use van vet vow
    wag war wax way web wet who why wig win yes yet you zip zoo
"""
# Half of all sentences begin with one of these; as a whole input they would shut such sentences out of other tasks.
_SENTENCE_OPENERS_TEXT = """
    all and any both each five for four from half her here hid his how last late less long many more most much next nine
    not now off one only our out over own past same self she six some such ten than that them then they the this two
    upon use very what when who why wide with yes yet you your
"""
SHORT_WORDS = tuple(word for word in _SHORT_WORDS_TEXT.split() if word not in _SENTENCE_OPENERS_TEXT.split())
