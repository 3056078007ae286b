"""Sorting sentences by their form: kind, tense, person, voice, language, register."""

from __future__ import annotations

from pipelines.starter.draft import Draft
from pipelines.starter.families import classification_words as frames
from pipelines.starter.families.language_words import QUESTIONS, STATEMENTS
from pipelines.starter.families.sorting import sorting


def form_drafts() -> tuple[Draft, ...]:
    """Tasks that ask how a sentence is built or worded."""
    return (
        sorting(
            "sentence-kind",
            frames.SENTENCE_KIND,
            (
                "Name the kind of sentence, which has lost its final mark: question, statement, command or "
                "exclamation.",
                "Is this a question, a statement, a command or an exclamation?",
                "Sentence type without punctuation -> question / statement / command / exclamation",
                "Classify the utterance by form: question, statement, command, exclamation.",
                "Which of the four kinds of sentences is it: command, exclamation, question or statement?",
                "You see an English sentence in lower case; say whether it is a statement, question, exclamation or "
                "command.",
                "Grammar exercise: label the line as exclamation, command, statement or question.",
                "Decide if the speaker asks (question), tells (statement), orders (command) or cries out "
                "(exclamation).",
            ),
            (
                "What mark would end it and why? Answer with question, command, statement or exclamation.",
                "Mood of the clause, please: interrogative is question, declarative statement, imperative command, "
                "else exclamation.",
                "Is the speaker after information (question), action (command), neither (statement), or just amazed "
                "(exclamation)?",
                "Tell apart orders, reports, enquiries and outcries by writing command, statement, question, "
                "exclamation.",
            ),
        ),
        sorting(
            "politeness",
            frames.POLITENESS,
            (
                "Is the remark polite or rude?",
                "Judge the manners of the speaker: answer polite or rude.",
                "Tone of the utterance -> polite / rude",
                "Would this offend the person addressed? Say rude if it would and polite if not.",
                "Classify how somebody is spoken to with the label polite or rude.",
                "You get one sentence said to another person; output polite or rude.",
                "Courteous or not? Write polite for good manners and rude for bad ones.",
                "Decide between 'polite' and 'rude' for the way this is put.",
            ),
            (
                "Would a teacher of etiquette smile (polite) or frown (rude)?",
                "Does the speaker show respect? If yes: polite; if no: rude.",
                "Label the behaviour in these words as rude or polite.",
                "Nice way to talk or bad way to talk? Use the terms polite, rude.",
            ),
        ),
        sorting(
            "sentence-tense",
            frames.TENSE,
            (
                "Name the time of the sentence: past, present or future.",
                "Does it tell about the past, the present or the future?",
                "Tense of the main verb -> past / present / future",
                "Classify when it happens, going by the verb: past, present, future.",
                "You are given a sentence; output past, present or future for its tense.",
                "Look at the verb forms and choose among past, present and future.",
                "Has it happened (past), is it so now (present) or is it still to come (future)?",
                "Grammar: which tense group is used, past, present or future?",
            ),
            (
                "Place the event on the time line with one of the words future, past, present.",
                "Yesterday's, today's or tomorrow's business? Say past, present or future.",
                "Going by the auxiliary and endings, label the temporal reference: future, present or past.",
                "When is the writer talking about, seen from now? (past | future | present)",
            ),
        ),
        sorting(
            "question-answer-type",
            frames.ANSWER_TYPE,
            (
                "What does the question ask for: a person, a place, a time or a number? Answer person, place, time or "
                "number.",
                "Name the type of the expected answer: person, place, time, number.",
                "question -> person / place / time / number",
                "Which kind of thing would answer this: person, place, time or number?",
                "Question classification: choose among person, place, time and number.",
                "You are given a question; say whether its answer is a person, place, time or number.",
                "Would you reply with somebody (person), somewhere (place), a moment (time) or an amount (number)?",
                "Decide what has to be looked up, in one word: number, time, place, person.",
            ),
            (
                "If this were asked in a quiz, would the solution be a place, a number, a person or a time?",
                "Expected entity class for a question answering system: time, person, number, place.",
                "Tell what blank must be filled: human being = person, location = place, date or hour = time, "
                "quantity = number.",
                "Think of a possible reply; is it a number, a time, a person or a place?",
            ),
        ),
        sorting(
            "sentence-language",
            STATEMENTS,
            (
                "Name the language of the sentence: English, German, French, Spanish, Italian or Portuguese.",
                "In which language is this written? English, German, French, Spanish, Italian, Portuguese.",
                "sentence -> English / German / French / Spanish / Italian / Portuguese",
                "Language identification among English, German, French, Spanish, Italian and Portuguese.",
                "You see a statement in a European language; output the language's English name.",
                "Which of six tongues is it: Portuguese, Italian, Spanish, French, German or English?",
                "Detect the language of the text and give its name in English with a capital letter.",
                "What would a speaker of this sentence be speaking? Choose German, French, Spanish, Italian, "
                "Portuguese or English.",
            ),
            (
                "A translator has to know the source language: is the line Spanish, English, Portuguese, German, "
                "Italian or French?",
                "Guess where the writer's words come from: the languages French, English, Italian, German, Spanish, "
                "Portuguese are possible.",
                "Label this with the name of its language (six Western European ones occur).",
                "Tell me whose grammar and vocabulary these are, e.g. Italian.",
            ),
        ),
        sorting(
            "formality",
            frames.FORMALITY,
            (
                "Is the style of the sentence formal or informal?",
                "Judge the register: answer formal or informal.",
                "sentence -> formal / informal",
                "Is this from an official letter (formal) or from a chat among friends (informal)?",
                "Classify the wording as formal or informal.",
                "You are given a line; output informal if it is slangy and formal if it is business-like.",
                "Decide whether one writes so to an authority (formal) or to a mate (informal).",
                "Which level of language is used here, formal or informal?",
            ),
            (
                "Suit and tie or T-shirt? Translate your impression into formal or informal.",
                "Tell whether these words belong in a contract-like letter: formal if yes, informal if no.",
                "Rate the stylistic distance between writer and reader with one word, informal or formal.",
                "Casual speech gets informal, stiff speech formal; what does this get?",
            ),
        ),
        sorting(
            "grammatical-person",
            frames.PERSON,
            (
                "Name the grammatical person: first (I, we), second (you) or third (he, she, they, others).",
                "Is the sentence in the first, second or third person? Answer first, second or third.",
                "sentence -> first / second / third person (one word)",
                "Look at the pronouns: first for I or we, second for you, third for anybody else.",
                "You are given a sentence; output first if the speaker is in it, second if the listener is, else "
                "third.",
                "Grammar: classify the person as first, second or third.",
                "Who is it about, speaker (first), listener (second) or somebody else (third)?",
                "From which person's angle is it told? Choose third, second or first.",
            ),
            (
                "Me or us gives first, addressing somebody gives second, talking of others gives third; decide.",
                "Does it concern the one talking, the one talked to, or a party outside? Say first, second, third.",
                "Determine the ordinal of the verb's or pronoun's person.",
                "Is this third, first or second, in the sense of a conjugation table?",
            ),
            partition="dev",
        ),
        sorting(
            "question-language",
            QUESTIONS,
            (
                "Name the language of the question: English, German, French, Spanish, Italian or Portuguese.",
                "In which language is somebody asking here? English, German, French, Spanish, Italian, Portuguese.",
                "question -> English / German / French / Spanish / Italian / Portuguese",
                "Language identification for questions in English, German, French, Spanish, Italian and Portuguese.",
                "You see a question in a European language; output the English name of that language.",
                "Which of these tongues is asked in: Spanish, Portuguese, German, English, French or Italian?",
                "Do not answer the question; say in what language it is put, e.g. German.",
                "What language should the reply be in, if it is to match the question? Choose Italian, French, "
                "Portuguese, English, German or Spanish.",
            ),
            (
                "An interpreter hears this being asked; is the asker using French, German, Portuguese, Spanish, "
                "English or Italian?",
                "Tell me the tongue of the person who wants to know something.",
                "Six languages are possible for this enquiry; name the right one in English, capitalised.",
                "Identify the idiom of the interrogative sentence: Portuguese, English, Italian, French, German, "
                "Spanish.",
            ),
            partition="held-out",
            twin_of="sentence-language",
        ),
        sorting(
            "active-or-passive",
            frames.VOICE,
            (
                "Is the sentence in the active or the passive voice? Answer active or passive.",
                "Voice of the main verb -> active / passive",
                "Does the subject do something (active) or is something done to it (passive)?",
                "Classify the sentence by voice with the label active or passive.",
                "Grammar: decide between active and passive.",
                "You are given a sentence; output passive if it uses a form of be with a past participle, else active.",
                "Is the doer the subject? Write active if so and passive if not.",
                "Label the diathesis of the clause: active or passive.",
            ),
            (
                "Agent first or patient first? In grammarians' terms: passive or active.",
                "Would a style checker complain about a passive here? Say passive if it would, active if not.",
                "Tell which of both voices an English teacher would mark, active or passive.",
                "Look at how verb and subject relate: acting gives active, undergoing gives passive.",
            ),
            partition="held-out",
        ),
    )
