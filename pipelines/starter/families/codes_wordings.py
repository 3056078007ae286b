"""How the codes tasks are described."""

from __future__ import annotations

from pipelines.starter.families.wordings import wordings

WORDINGS = {
    "country-code": wordings("""
        Write the two-letter ISO code of a country.
        What are the two capital letters that stand for this country in ISO 3166?
        country -> alpha-2 code, for instance Switzerland -> CH
        You are given a country or territory. Abbreviate it by its two-letter code in capitals.
        Which two letters does a form with a country field use for the following land?
        Shorten the name of the nation to the international pair of letters, as in Germany to DE.
        Look up the ISO 3166-1 alpha-2 identifier of the state named.
        Encode the country with two upper-case letters.
        Give the standard 2-character abbreviation under which databases list this territory.
        How do shipping labels abbreviate this land? Two capitals, please.
        Substitute the official alpha-2 for the country's English name.
        Japan would be JP and Kenya KE; what would the one below be?
    """),
    "country-domain": wordings("""
        Write the internet domain ending of a country, with its dot.
        What do web addresses from this country end in? Answer with the dot and two small letters.
        country -> top-level domain, for instance Switzerland -> .ch
        You are given a country or territory. Reply with its country-code TLD such as .de or .uk.
        Which ending would a site registered in the following land have? Begin with a dot.
        Look up the ccTLD of the state named and write it in lower case.
        After the last dot of an e-mail address from this nation, what stands there? Include the dot.
        For Japan write .jp and for Kenya .ke; do the same for the others.
        Tell me the national suffix used for hostnames in this territory.
        Under what top-level domain do the authorities of this land put their web pages? Dot first.
        Convert the country's English name to its web suffix, dot included.
        If a server belongs to the following state, its name ought to close with which letters? Write the dot too.
    """),
    "city-airport-code": wordings("""
        Write the three-letter airport code of a city.
        Which IATA code does the airport of this city have?
        city -> IATA airport code, for instance Munich -> MUC
        You are given a city with one airport. Reply with the three capital letters used on luggage tags.
        What would a boarding pass print for a flight to the following town?
        Abbreviate the destination as airlines do, in three upper-case letters taken from its name.
        Look up the International Air Transport Association's location identifier for the city named.
        For Brisbane write BNE and for Lahore LHE; do the same for the town below.
        Under what 3-letter label do travel agents book this place?
        Guess the aviation abbreviation: three letters of the city's name, beginning with the first.
        My suitcase goes there. Tell me the code on its tag.
        Encode each flight destination by the triple of capitals that identifies its airport.
    """),
    "file-mime-type": wordings("""
        Write the MIME type of a file from its name.
        Which media type would a web server send for this file?
        file name -> MIME type, for instance photo.png -> image/png
        You are given a file name. Reply with its Content-Type, such as text/html or application/pdf.
        Look at the extension of the file and state the matching media type with a slash.
        Fill in the Content-Type header for an attachment of this name.
        Translate the ending of the file name to the type/subtype notation used on the internet.
        What is the IANA media type of a document that is called like this?
        An upload arrives under this name; label it in the form type/subtype.
        Resolve the suffix after the last dot to an entry in the registry of MIME types.
        How would an e-mail program describe the format of the following attachment, in machine-readable form?
        Tell the browser what it is about to receive: main type, slash, subtype.
    """),
    "file-kind": wordings("""
        Say what kind of file it is: image, audio, video, spreadsheet, archive or document.
        Is this file an image, audio, a video, a spreadsheet, an archive or a document? Judge by its extension.
        file name -> image / audio / video / spreadsheet / archive / document
        You are given a file name. Name the kind of its content with one of six words, e.g. archive for .zip.
        Sort downloads into image, audio, video, spreadsheet, archive and document by their endings.
        What would I expect to find in a file called this: a picture (image), sound (audio), film (video), ...?
        Classify the file by its extension into one of image, audio, video, spreadsheet, archive, document.
        Choose the folder for this file: image, audio, video, spreadsheet, archive or document.
        Which of the six categories from "document" to "video" fits the name below?
        The letters after the last dot decide: image, audio, video, archive, document or spreadsheet?
        Tell pictures, sounds, films, tables, packed files and texts apart, as image, audio, video and so on.
        If I double-click on this, what sort of thing opens? One word out of the usual six file kinds.
    """),
    "http-status-phrase": wordings("""
        Write the standard phrase for the HTTP status code in a log line.
        What does the status in this web server log mean? Answer with its official phrase, e.g. Not Found.
        log line -> reason phrase of its HTTP status
        You are given a line about a web request. Find the three-digit status and write its name, as in 404: Not Found.
        Decode the response code of the request into words such as Bad Request or Created.
        How did the server answer? Give the reason phrase that belongs to the number.
        Look for the HTTP status in the access log entry and spell out what it stands for.
        Expand the numeric result of the request to the phrase defined for it in the HTTP standard.
        Translate 200 to OK, 503 to Service Unavailable and so on for whatever code the entry contains.
        A request was logged. Tell me the textual equivalent of its return code.
        Name the outcome as it would appear in the status line of the reply, without the digits.
        Put the server's numeric verdict on this call into its conventional English wording.
    """),
    "http-status-kind": wordings("""
        Say whether a logged web request was a success, a redirect, a client error or a server error.
        Which class does the HTTP status in this log line belong to: success, redirect, client error or server error?
        log line -> success / redirect / client error / server error
        You are given a line about a web request. Classify its result by the first digit of the status code.
        Was the visitor sent elsewhere (redirect), served (success), wrong (client error) or let down (server error)?
        Group access log entries into four: success, redirect, client error, server error.
        2xx is success, 3xx redirect, 4xx client error, 5xx server error; label the entry below.
        Who is to blame for this outcome, if anyone? Reply with success, redirect, client error or server error.
        Assign a logged call to its family of HTTP responses, written out (e.g. server error).
        From the status number tell how things went, choosing among success, redirect, client error and server error.
        Find the three digits of the response and output the category they are in, not the phrase itself.
        Did it work? Answer success, redirect, client error or server error according to what was logged.
    """),
    "word-to-nato": wordings("""
        Spell a word in the NATO phonetic alphabet.
        How would a pilot spell this word over the radio? (Alfa, Bravo, Charlie ...)
        word -> its letters as NATO code words, e.g. cat -> Charlie Alfa Tango
        You are given a short word. Replace each letter by its code word from the international radio alphabet.
        Write Alfa for a, Bravo for b and so on, separated by spaces, for every letter of the word.
        Read the word out letter by letter as radio operators do.
        Convert an English word to the spelling alphabet that ends in Yankee Zulu.
        Spell it for somebody on a bad telephone line, with Alfa, Bravo, Charlie, Delta and their fellows.
        Give the ICAO spelling of the following word.
        Letter after letter, say the matching call word: Oscar for o, Whiskey for w.
        Expand a word to a row of radio words whose initials form it.
        What do I have to say into the walkie-talkie so that nobody mishears the letters of this word?
    """),
    "nato-to-word": wordings("""
        Read back a word spelled in the NATO phonetic alphabet.
        What word is being spelled over the radio? Write it in small letters.
        NATO code words -> the word, e.g. Charlie Alfa Tango -> cat
        You are given several code words of the radio alphabet. Join their first letters to a word.
        Decode the spelling: Alfa is a, Bravo is b, and so forth; reply with the word in lower case.
        A pilot spells something letter by letter. Note down what it is.
        Turn the sequence of radio words back into the English word they stand for.
        Collect the initials of these spelling words and write them together, uncapitalised.
        Which word hides behind this row of Alfas, Bravos and Charlies?
        Undo ICAO spelling and give the plain word.
        Over the walkie-talkie I hear the following; what does it spell?
        Compress the radio spelling to ordinary writing without capitals or blanks.
    """),
    "letter-group-to-nato": wordings("""
        Spell a group of capital letters in the NATO phonetic alphabet.
        How would a pilot read out these letters over the radio? (Alfa, Bravo, Charlie ...)
        letter group -> NATO code words, e.g. KTB -> Kilo Tango Bravo
        You are given three or four capitals that form no word. Replace each by its code word of the radio alphabet.
        Write Bravo for B, Charlie for C and so on, separated by spaces, for every letter of the code.
        Read the call sign out letter by letter as radio operators do.
        Convert letters from a number plate to the spelling alphabet that ends in Yankee Zulu.
        Dictate this letter code on a bad telephone line, with Alfa, Bravo, Charlie, Delta and their fellows.
        Give the ICAO reading of the following combination of consonants.
        Capital after capital, say the matching call word: Golf for G, Whiskey for W.
        Expand a booking code of letters to a row of radio words with those initials.
        What do I have to say into the walkie-talkie so that nobody mishears this meaningless code?
    """),
    "word-to-morse": wordings("""
        Write a word in Morse code.
        How is this word sent by telegraph? Use dots and hyphens, with a space between letters.
        word -> Morse, e.g. sun -> ... ..- -.
        You are given a short word. Replace each letter by its Morse sign made of . and -
        Convert the letters to short and long signals, leaving a blank after each letter.
        Encode the word as a radio operator with a Morse key would.
        Tap it out: . for short, - for long, one group for every letter.
        Translate an English word to the code of the old telegraphs.
        Give the dots and dashes for the following word.
        What would you signal with a torch, flash by flash, to send this word? Separate the letters by spaces.
        Put it into International Morse, letter by letter.
        Spell the word in dits (.) and dahs (-).
    """),
    "element-symbols": wordings("""
        Write the chemical symbols of the elements.
        What are the symbols of these elements in the periodic table? Keep the order and the commas.
        elements -> symbols, for instance sodium, oxygen -> Na, O
        You are given two or three chemical elements. Replace each by its symbol.
        Abbreviate the element names as a chemist would, separated by commas.
        Look the substances up in the periodic table and list their one- or two-letter symbols.
        How would iron, gold and so on be written in a formula? Give the symbols in the same order.
        Turn the names of the elements to letters such as Fe, Au or H.
        Which letters stand for these elements in chemistry? Comma between them.
        Shorten every element in the list according to IUPAC.
        From the materials mentioned make a list of symbols like C, Cl, Cu, leaving the sequence as it is.
        Encode the row of elements for use in a chemical equation.
    """),
    "greek-letter-formula": wordings("""
        Replace the names of Greek letters in a formula by the letters.
        Write the formula with α, β, γ in place of alpha, beta, gamma.
        formula with named Greek letters -> formula with the signs, e.g. 2 pi + mu -> 2 π + μ
        You are given a formula that spells out Greek letters. Rewrite it with the characters themselves.
        Typeset the expression: every letter name becomes its small Greek letter, the rest stays.
        Convert theta to θ, omega to ω and so on, keeping numbers, signs and spaces.
        How does the formula look in a mathematics book, where sigma is σ?
        Put lower-case Greek characters where their English names stand.
        Swap the spelled-out letters of the Greek alphabet for their symbols and change nothing else.
        Transcribe the dictated equation into symbols, so that lambda turns into λ.
        A student wrote the letter names in full; give the expression in proper notation.
        Render each Greek name in the line as one glyph.
    """),
    "web-address-country": wordings("""
        Name the country that a web address belongs to.
        In which country is this site registered, going by its domain?
        URL -> country of its top-level domain
        You are given a line with a web address. Read the last two letters of the host name and write the country.
        From something like www.green-shop.it infer the country: Italy.
        Look at the national ending of the host and tell what state it stands for.
        Resolve the ccTLD in this link to the English name of the country.
        Where is the company with the following homepage at home? The domain tells you.
        Guess a website's home country from its link, whatever else is said.
        Take the part after the last dot of the host and expand it to the nation it denotes.
        If .nl means Netherlands, what land does the address in the line come from?
        Judge by its suffix which nation's internet the page is part of.
    """),
    "us-place-abbreviation": wordings("""
        Abbreviate the state after an American city to its two letters.
        Rewrite "city, state" with the postal code of the state, e.g. Tampa, Florida -> Tampa, FL
        You are given a US city with its state in full. Keep the city and shorten the state to two capitals.
        How would the US Postal Service write the end of this address?
        city, full state name -> city, XX
        Replace the name of the state by its USPS abbreviation and leave everything else as it is.
        Shorten the place for an envelope within the United States, as in Dallas, TX.
        Write the American town and after a comma the two-letter code of its state.
        Compress the state of this place in the US to a pair of upper-case letters.
        Format the location the American way: town, comma, state code.
        An address label is too narrow for the word after the comma. Put the official US short form there.
        Change Ohio to OH, Utah to UT and so forth; the city before it remains.
    """),
    "canada-place-abbreviation": wordings("""
        Write a Canadian city with the two-letter code of its province.
        Rewrite the place with the postal abbreviation of the province, e.g. Halifax, Nova Scotia -> Halifax, NS
        You are given a city in Canada and its province in full. Reply with city, comma, two capitals.
        How would Canada Post write this place on an envelope? Leave out the country.
        Canadian city with province -> city, XX
        Replace Ontario by ON, Alberta by AB and so on, in the form city, code.
        Shorten the location to the town and its provincial code, as in Regina, SK.
        Bring every Canadian place into the form "Calgary, AB".
        Compress the province to its pair of upper-case letters and put it after the town and a comma.
        Format the location for a label in Canada: town first, then the province's short form.
        Keep only the town and its province, and abbreviate the province: what remains?
        For the following town between the Atlantic and British Columbia, print name, comma, province code.
    """),
}
