"""How the rewriting tasks are described: eight wordings to train on, then four others."""

from __future__ import annotations

from pipelines.starter.families.wordings import wordings

WORDINGS = {
    "sentence-negation": wordings("""
        Make the sentence negative with "not".
        Negate the statement; write does not, did not, will not and so on in full.
        The nurse opens the door. -> The nurse does not open the door.
        Say that what the sentence claims is not the case, without contractions.
        You are given an affirmative sentence. Rewrite it as a denial, keeping its tense.
        Turn yes into no: repeat the claim with a "not" in the right place, adding do, does or did where needed.
        Rewrite the line so that it states the contrary by means of the word not.
        Put the verb of the sentence into its negative form.
        Contradict the speaker by inserting a negation and changing nothing else.
        How would someone word it who holds that this does not happen, or did not, or will not?
        Transform from positive to negative polarity, full forms only.
        Deny it: same people, same time, but with not.
    """),
    "sentence-question": wordings("""
        Turn the statement into a yes-or-no question.
        Ask whether what the sentence says is true.
        The nurse opens the door. -> Does the nurse open the door?
        Rewrite the sentence as a question that begins with does, did, will, is, has or should.
        You are given a statement that ends with a full stop. Make it interrogative, in the same tense.
        Move or add the auxiliary so that a question arises, with a question mark.
        How would you ask about this, expecting yes or no as the reply?
        Change the assertion to its interrogative form.
        A reporter wants to have the fact confirmed. Which question does he put?
        Invert subject and helping verb, using do-support if there is none to invert.
        Instead of telling it, enquire about it: Does ...? Did ...? Is ...? and the like.
        Produce the closed question to which this sentence would be the full answer.
    """),
    "past-to-future": wordings("""
        Put the sentence from the past into the future with "will".
        Rewrite the sentence so that it is about what is yet to happen.
        The nurse opened the door. -> The nurse will open the door.
        Replace the past tense verb by will and its base form.
        You are given a sentence in the simple past. Write it in the simple future.
        It has not happened yet, but it is going to: change the verb with the help of will.
        Shift the action to a later time, using will; leave the other words alone.
        What did they do? Say instead what they will do.
        Make a prediction out of this report.
        Convert V-ed to will V in the line.
        A fortune teller sees the same event coming. How does she word it, with will?
        Turn history into plans: keep subject and object, change only the tense.
    """),
    "present-to-continuous": wordings("""
        Put the verb of the sentence into the present continuous.
        Rewrite the sentence with is and the -ing form.
        The nurse opens the door. -> The nurse is opening the door.
        Say that the action is in progress right now.
        You are given a sentence in the simple present. Change it to the present progressive.
        Replace the verb by "is ...-ing" and keep the rest.
        It does not just happen in general, it is happening at this moment: adapt the verb.
        Convert the third-person form to its continuous counterpart.
        Describe the scene as a live commentator would, who watches it unfold.
        Answer "What is going on?" with the same subject and object.
        Transform V-s into is V-ing throughout the line.
        Show that the activity is under way by altering just the verb form.
    """),
    "active-to-passive": wordings("""
        Put the sentence into the passive voice, with "by" and the person.
        Rewrite the active sentence as a passive one, in the same tense.
        The nurse opened the door. -> The door was opened by the nurse.
        Make the object the subject, and name the doer after by.
        You are given a sentence in the active voice. Turn it round: the thing first, then the verb, then by whom.
        Begin with what is acted upon; use a form of be and the participle.
        Change the voice from active to passive and leave the meaning and the time as they are.
        Start with the thing, finish with who does it (and when, if that is said).
        Describe the same event from the point of view of the object.
        Passivize, retaining the agent in a by-phrase.
        To whom or what is it done? Let that word open the new version.
        X does Y becomes Y is done by X, whatever the tense.
    """),
    "polite-request": wordings("""
        Make the command polite with "Could you please ...?"
        Rewrite the order as a courteous question that begins with Could you please.
        Open the door. -> Could you please open the door?
        Say it in a friendlier way: Could you please and then the request, with a question mark.
        You are given an imperative sentence. Turn it into a request with could, you and please.
        Soften the instruction by asking for it; use "Could you please".
        How would a well-mannered person ask for this? Start with Could you please.
        Wrap the imperative into Could you please ...?
        Nobody likes to be bossed around, so ask instead: could + you + please.
        Teach the sergeant manners; his command shall become a question with please after you.
        Convert from bare imperative to the conventional indirect form, Could you please VERB?
        Do not order, beg nicely (question form, with could and please).
    """),
    "i-to-she": wordings("""
        Rewrite the sentence so that it is about her instead of me.
        Change I to she, and everything that goes with it: my to her, me to her, am to is.
        I have lost my key. -> She has lost her key.
        Tell in the third person what the woman says about herself.
        You are given a sentence in the first person. Put it into the third person feminine.
        A woman says this. Report it with she and her, as a plain sentence.
        Replace the speaker by "she" and adapt verbs and pronouns.
        From I, my, me, myself to she, her, her, herself.
        Retell the line as a novelist would about his heroine.
        It happened to your sister, not to you; word it accordingly, with a pronoun.
        Switch person: first singular becomes third singular female, agreement included.
        If this came from Anna's diary, how would a friend describe it without using her name?
    """),
    "reported-speech": wordings("""
        Turn the direct speech into reported speech with "that".
        Rewrite the quotation as indirect speech: name, verb, that, and he or she.
        Anna says: "I am tired." -> Anna says that she is tired.
        Report what the person says without quotation marks, using that and the fitting pronouns.
        You are given a name and a quoted sentence. Join them by that and change I and my to she and her or he and his.
        Drop the colon and the quotes; make a that-clause of the person's words.
        Tell someone else what was said, in one sentence with that.
        Convert the quote to an indirect statement, and leave the tense alone.
        How would a third party pass this message on? Use that.
        Transform oratio recta into oratio obliqua; the reporting verb stays as it is.
        Instead of letting the speaker speak, summarise faithfully in a subordinate clause beginning with that.
        Remove the inverted commas and shift first-person words to the third person, after the conjunction that.
    """),
    "name-to-pronoun": wordings("""
        Replace the person's name by the right pronoun.
        Rewrite the sentence with she, her, he, him or his instead of the name.
        We met Anna at home. -> We met her at home.
        Use a personal or possessive pronoun for the named person, and copy everything else.
        You are given a sentence with a first name. Put a pronoun in its place, according to sex and case.
        Do not mention the name: write he, she, him, her or his.
        Pronominalize the proper name in the line.
        Everybody knows who is meant, so swap the first name for a pronoun.
        The name must remain secret. How can the sentence be said with he or she, him or her, his or her?
        Substitute a third-person form for the man or woman named here.
        Take out the one first name; a small word that refers to the same human being goes in.
        Write it as the second sentence about somebody already introduced.
    """),
    "contractions-expanded": wordings("""
        Write the contractions of the sentence in full.
        Expand don't to do not, they're to they are, I'll to I will, and so on.
        We don't know. -> We do not know.
        Rewrite the sentence without apostrophes: all short forms become two words.
        You are given a sentence with a contracted verb. Spell out both words and copy the rest.
        Replace every short form such as isn't, we've or you'll by its long form.
        Make the sentence more formal by undoing its contractions.
        Resolve n't, 're, 'll, 've and 'm into not, are, will, have and am.
        An editor of a formal journal wants no apostrophes. What does the line look like after her work?
        Decompress the verb forms that have been run together.
        How is this written when each auxiliary or negation stands as a separate word?
        Unfold whatever has been shortened by an apostrophe.
    """),
    "contractions-made": wordings("""
        Use a contraction where the sentence allows one.
        Shorten do not to don't, they are to they're, I will to I'll, and so on.
        We do not know. -> We don't know.
        Rewrite the sentence with an apostrophe: the two words that can be drawn together become a short form.
        You are given a sentence in full forms. Contract the auxiliary with not, or with the pronoun before it.
        Make the sentence sound like spoken English by a short form such as isn't, we've or you'll.
        Turn not into n't, or else are, will, have and am into 're, 'll, 've and 'm.
        Fuse the helping verb with its neighbour and copy the rest.
        In a chat you would save letters here. Apply the usual apostrophe spelling.
        Compress the long verb form into one word.
        How do people normally say this when they do not speak with emphasis?
        Less stiff, please: merge what can be merged, as in can + not = can't.
    """),
    "drop-adjective": wordings("""
        Remove the adjective from the sentence.
        Write the sentence again without its adjective.
        The tall nurse lost a key in the inn. -> The nurse lost a key in the inn.
        Delete the word that describes a person or a place, and copy the rest.
        You are given a sentence with one adjective. Leave it out.
        Cut the descriptive word; nothing else changes.
        Strip the line of its only attribute.
        Find the word that tells what somebody or something is like, and drop it.
        An editor dislikes adjectives. What remains of the text when she is done?
        Say who did what and where, minus the quality mentioned.
        Plain version, please: no tall, old, busy, famous or whatever it may be.
        Which words are left once the modifier of the noun is struck out?
    """),
    "join-with-because": wordings("""
        Join the two sentences with "because".
        Make one sentence of the two; the second is the reason, so put because before it.
        The nurse left. It was late. -> The nurse left because it was late.
        Connect the fact and its cause by the word because.
        You are given two sentences. Write a single one: the first, because, the second.
        Replace the full stop in the middle by because and go on in lower case.
        Why did it happen? Give event and explanation in one sentence with because.
        Subordinate the latter statement to the former, using the conjunction because.
        Merge the pair into a causal construction.
        The second half explains the first; show this by a single connecting word that begins with b.
        Fuse A. B. into "A because B."
        Read both parts and state them without a break, as effect and then cause.
    """),
    "punctuation-restored": wordings("""
        Restore the capital letters and the punctuation.
        Write the sentence correctly, with capitals, commas and a full stop or question mark.
        does anna live in rome -> Does Anna live in Rome?
        The line was typed all in small letters without any signs. Correct it.
        You are given a lower-case sentence without punctuation. Put in what is missing.
        Capitalise the beginning, the names, the weekdays and the languages, and close the sentence with . or ?
        Turn the sloppy typing into proper written English.
        Add upper case and marks where the rules of writing demand them.
        A speech recogniser gave this raw text. Make it fit to print.
        Fix the orthography: nothing but case and stops is wrong.
        How would a copy editor hand back this unpunctuated line?
        Truecase the words and punctuate.
    """),
    "british-to-american": wordings("""
        Change the British spelling in the sentence to American spelling.
        Rewrite the sentence for readers in the United States.
        We like the colour. -> We like the color.
        One word is spelled as in Britain; write the whole sentence with its American form.
        You are given a sentence in British English. Spell it the American way.
        Replace -our by -or, -ise by -ize, -re by -er and the like, and copy everything else.
        Americanize the orthography of the line.
        A publisher in New York prints the text. Adapt the spelling.
        Convert en-GB to en-US.
        What would Webster's dictionary make of this London spelling? Give the full sentence.
        Find the word that a spell checker for the USA would mark, and correct it in place.
        Write it as they do on the other side of the Atlantic, west of England.
    """),
    "i-to-he": wordings("""
        Rewrite the sentence so that it is about him instead of me.
        Change I to he, and everything that goes with it: my to his, me to him, am to is.
        I have lost my key. -> He has lost his key.
        Tell in the third person what the man says about himself.
        You are given a sentence in the first person. Put it into the third person masculine.
        A man says this. Report it with he, him and his, as a plain sentence.
        Replace the speaker by "he" and adapt verbs and pronouns.
        From I, my, me, myself to he, his, him, himself.
        Retell the line as a novelist would about a male hero.
        It happened to your brother, not to you; word it accordingly, with a pronoun.
        Switch person: first singular becomes third singular male, agreement included.
        If this came from Tom's diary, how would a friend describe it without using his name?
    """),
    "past-to-perfect": wordings("""
        Put the sentence from the simple past into the present perfect.
        Rewrite the sentence with has and the past participle.
        The nurse opened the door. -> The nurse has opened the door.
        Replace the past tense verb by has and its third form.
        You are given a sentence in the simple past. Change it to the present perfect.
        It is done by now: say so with has, and leave the other words as they are.
        Use has done instead of did.
        Convert the preterite to the perfect tense, third person singular.
        Show that the result still matters by turning wrote-like forms into has-written-like ones.
        Alter the verb only: auxiliary has plus participle.
        What has happened up to now? Express the report in that tense.
        Transform V2 into has V3 in this line.
    """),
    "drop-object-adjective": wordings("""
        Remove the adjective that stands before the object.
        Write the sentence again without the adjective that describes the thing.
        The nurse lost a small key in the inn. -> The nurse lost a key in the inn.
        Delete the word that tells what the thing is like, and copy the rest.
        You are given a sentence with one adjective, before the object. Leave it out.
        Cut the descriptive word in front of the thing acted upon.
        Strip the object of its attribute and change nothing else.
        Find the adjective in the middle of the sentence and drop it.
        An editor wants the things mentioned without praise or blame. What remains of the text?
        Say who did what and where, minus the quality of the item.
        Plain version, please: no large, dusty, cheap, lovely or whatever the object is called.
        Which words are left once the noun after the verb has lost its modifier?
    """),
    "pronoun-past-to-future": wordings("""
        Put the sentence about we, they, he, she or I from the past into the future with "will".
        Rewrite what these people did as what they will do.
        We opened the door. -> We will open the door.
        Keep the pronoun, and replace the past tense verb by will and its base form.
        You are given a sentence with a pronoun and a verb in the simple past. Write it in the simple future.
        It is still to come: change the verb after the pronoun with the help of will.
        Shift the action of the line to a later time, using will.
        What did we, he or they do? Say what we, he or they will do instead.
        Make a plan out of this memory.
        Convert pronoun + V-ed to pronoun + will V.
        A diary entry looks back; word the same thing looking ahead, with will.
        From yesterday's deed to a future one: only the tense is altered.
    """),
    "forbid-instead": wordings("""
        Turn the command into a prohibition with "Do not".
        Rewrite the order so that it forbids the same action.
        Open the door. -> Do not open the door.
        Tell the person not to do it: begin with Do not.
        You are given an imperative sentence. Make it negative, without a contraction.
        Say the opposite of the instruction by putting Do not in front.
        Negate the imperative, in full form.
        Prohibit what the sentence asks for.
        Change your mind: what has been ordered must be left undone. Word it as an order again.
        A warning sign shall tell people that this is not allowed. Start it with Do not.
        Transform VERB ... into Do not VERB ...
        The boss no longer wants it. What is his new directive, in the negative?
    """),
}
