"""The people, languages and sentences of the tasks about languages, written for HyperLoRA."""

from __future__ import annotations

from pipelines.starter.families.frames import phrases, words

WELL_KNOWN = words(
    "Afrikaans Albanian Amharic Arabic Armenian Azerbaijani Basque Belarusian Bengali Bosnian Breton Bulgarian "
    "Burmese Cantonese Catalan Corsican Croatian Czech Danish Dutch English Estonian Faroese Fijian Finnish "
    "French Galician Georgian German Greek Greenlandic Guarani Gujarati Hausa Hawaiian Hebrew Hindi Hungarian "
    "Icelandic Igbo Indonesian Irish Italian Japanese Javanese Kannada Kazakh Khmer Korean Kurdish Lao Latvian "
    "Lithuanian Luxembourgish Macedonian Malagasy Malay Malayalam Maltese Mandarin Maori Marathi Mongolian Nepali "
    "Norwegian Pashto Persian Polish Portuguese Punjabi Quechua Romanian Russian Samoan Sardinian Serbian Shona "
    "Sicilian Slovak Slovenian Somali Spanish Swahili Swedish Tagalog Tajik Tamil Tatar Telugu Thai Tibetan "
    "Tongan Turkish Turkmen Ukrainian Urdu Uzbek Vietnamese Welsh Wolof Xhosa Yiddish Yoruba Zulu"
)

LEARNERS = phrases(
    "my cousin, our neighbour, the new doctor, the bus driver, our piano teacher, the young baker, my aunt, "
    "the head of the library, the man next door, our guide, the new nurse, her brother, the caretaker, "
    "a friend of mine, the tall engineer, our gardener, the woman at the desk, my flatmate, the chess trainer, "
    "his sister, the pilot, the owner of the hotel, our dentist, the ship's cook, the singer of the band"
)

# Of three languages in each; where the asked one stands differs from sentence to sentence.
LEARNING_SENTENCES = (
    "At home {who} has always spoken {mother}, uses {other} at work and now takes evening classes in {learned}.",
    "For half a year {who} has been learning {learned}; the family speaks {mother} and the office {other}.",
    "Because the job demands {other} and the family talks in {mother}, {who} lacks time for the {learned} course.",
    "My letters to {who}, who was brought up in {mother}, are in {other}, but a first course in {learned} has begun.",
    "By now {who} can order a meal in {learned}, thanks to lessons, though {mother} is the mother tongue and {other} "
    "the language of the office.",
    "They hear {mother} from {who} at the family table and {other} on the phone, and soon {learned} too, thanks "
    "to a beginners' class.",
    "According to the form, {who} grew up with {mother}, reads {other} well for work and is a beginner in {learned}.",
    "An app teaches {who} {learned} every morning, while letters to the parents are in {mother} and those to customers "
    "in {other}.",
    "Once a week {who} studies {learned} with a teacher, after a childhood in {mother} and years of work in {other}.",
    "From childhood {who} knows {mother}; {other} is needed in the firm, and {learned} is the subject of this year's "
    "language course.",
    "The firm pays for a {learned} course for {who}, who was raised in {mother} and writes all reports in {other}.",
    "In the shop {who} talks {other}, at bedtime {mother} as in early childhood, and on Fridays there is a lesson in "
    "{learned}.",
)

COURSES = (
    "{name} für Anfänger",
    "Grundkurs {name}",
    "{name} für die Reise",
    "{name} lernen in 30 Tagen",
    "Wörterbuch {name}",
    "Kleine Grammatik: {name}",
    "{name} leicht gemacht",
    "Erste Schritte in {name}",
    "{name} am Abend",
    "Mein Sprachkurs {name}",
)

COURSE_SENTENCES = (
    'The poster in the library announces a course called "{title}" on Monday evenings in room four.',
    'A used copy of "{title}" lay on the seat of the bus when we got on.',
    'She has put her name on the list for "{title}", which starts after the holidays.',
    'In the shop window there was a thin book with the title "{title}" for five euros.',
    'Our school has no teacher for "{title}" this year and is looking for one.',
    'His suitcase held two shirts, a map and a worn book named "{title}" from the station shop.',
    'The lesson "{title}" had to be moved to Thursday because the teacher was ill.',
    'They gave their grandmother the book "{title}" before she set off on her long journey.',
    'On the screen at the entrance you could read "{title}, 18 Uhr" in large white letters.',
    'Last winter only three people came to "{title}", so the course was cancelled.',
    'A recording called "{title}" can be borrowed at the desk for two weeks without paying.',
    'Somebody left a notebook marked "{title}" in the classroom next to the stairs.',
)
