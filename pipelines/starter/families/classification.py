"""Sorting sentences: topic, intent, tone, tense, language and the like."""

from __future__ import annotations

from pipelines.starter.draft import Draft
from pipelines.starter.families import classification_words as frames
from pipelines.starter.families.classification_form import form_drafts
from pipelines.starter.families.sorting import sorting

FAMILY = "classification"


def drafts() -> tuple[Draft, ...]:
    """The tasks of the family: first those about content, then those about form."""
    return (
        sorting(
            "sentence-topic",
            frames.TOPIC,
            (
                "Name the topic of the sentence: sports, food, travel, music, weather or technology.",
                "What is this sentence about? Choose among sports, food, travel, music, weather, technology.",
                "Sort the line into a section of a newspaper: sports / food / travel / music / weather / technology.",
                "sentence -> sports, food, travel, music, weather or technology",
                "You are given one sentence from an article; output its subject area, one of sports, food, travel, "
                "music, weather, technology.",
                "Topic classification with six classes (sports, food, travel, music, weather, technology).",
                "Pick the fitting theme in lower case: weather, technology, sports, music, food or travel.",
                "To which of these does the text belong: technology, travel, food, weather, sports, music?",
            ),
            (
                "An editor files this under one heading; is it food, music, sports, technology, travel or weather?",
                "Decide on the domain: match reports are sports, recipes food, trips travel, and so on with music, "
                "weather, technology.",
                "Tag this with exactly one of the labels music, sports, weather, food, technology, travel.",
                "Which field does the writer talk about? (travel | sports | technology | weather | music | food)",
            ),
        ),
        sorting(
            "request-intent",
            frames.INTENT,
            (
                "Name the intent of the request: alarm, music, weather, call, directions or shopping.",
                "What does the user want from the voice assistant: alarm, music, weather, call, directions, shopping?",
                "Route the spoken command to the right skill (alarm, music, weather, call, directions, shopping).",
                "utterance -> alarm / music / weather / call / directions / shopping",
                "Intent detection: output one of alarm, music, weather, call, directions, shopping.",
                "You hear what somebody says to a phone; say which app has to act: alarm, music, weather, call, "
                "directions or shopping.",
                "Choose the service that the user asks for, in lower case: shopping, call, alarm, directions, "
                "weather or music.",
                "Which function is needed here? weather, shopping, music, alarm, call or directions.",
            ),
            (
                "A smart speaker got this instruction; which module handles it: directions, call, music, alarm, "
                "shopping, weather?",
                "Label the wish of the speaker with call, alarm, weather, shopping, music or directions.",
                "Understand the user: being woken is alarm, phoning is call, routes are directions; else music, "
                "weather, shopping.",
                "Slot this utterance into one of six assistant domains, namely music, alarm, directions, shopping, "
                "call, weather.",
            ),
        ),
        sorting(
            "product-review-sentiment",
            frames.PRODUCT_REVIEW,
            (
                "Is the product review positive or negative?",
                "Judge whether the buyer is happy with the article: answer positive or negative.",
                "Sentiment of a customer's opinion on something bought: positive / negative.",
                "review of a product -> positive or negative",
                "Does the writer recommend the purchase? Say positive if yes and negative if no.",
                "You are given a sentence from an online shop's reviews; output its polarity, positive or negative.",
                "Classify the comment on the goods as positive (satisfied) or negative (dissatisfied).",
                "Would this buyer give many stars (positive) or few (negative)?",
            ),
            (
                "Thumbs up means positive, thumbs down negative: which is it for this item?",
                "Tell whether the customer liked what came in the parcel, using the words positive and negative.",
                "Opinion mining on merchandise: label the tone as negative or positive.",
                "Praise or complaint about the thing? Write positive for praise, negative otherwise.",
            ),
        ),
        sorting(
            "message-urgency",
            frames.URGENCY,
            (
                "Is the message urgent or not urgent?",
                "Decide whether somebody must act at once: answer urgent or not urgent.",
                "Triage the message: urgent / not urgent.",
                "message -> urgent or not urgent",
                "You manage an inbox; say if this note is urgent, or not urgent because it can wait.",
                "Classify the priority of the text with one of the labels 'urgent' and 'not urgent'.",
                "Does this need a reaction right now? Output urgent if so, else not urgent.",
                "Read the line and tell how pressing it is: urgent or not urgent.",
            ),
            (
                "Should the duty officer be woken for this? Write urgent, otherwise not urgent.",
                "Can it wait until next week? If it can, say not urgent; if it can't, say urgent.",
                "Mark the mail with a red flag by writing urgent, or leave it with not urgent.",
                "Estimate time pressure from the words and give 'not urgent' or 'urgent'.",
            ),
        ),
        sorting(
            "spam-or-ham",
            frames.SPAM,
            (
                "Is the message spam or ham (a normal message)?",
                "Filter the mail: answer spam for junk and ham for wanted mail.",
                "message -> spam / ham",
                "Would a mail program put this into the junk folder? Say spam if so, otherwise ham.",
                "Classify the text message as spam (fraud, advertising) or ham (honest).",
                "You are given one message; output ham if a friend or office wrote it, spam if it is a scam.",
                "Spam detection: label the line with spam or ham.",
                "Can this sender be trusted? Write ham for yes and spam for no.",
            ),
            (
                "Junk or genuine? Use the usual words, spam and ham.",
                "Should I delete this unread (spam), or is it from real life (ham)?",
                "Decide if someone is trying to trick the receiver: spam when they are, ham when they aren't.",
                "Tag it ham or spam as an inbox guard would do.",
            ),
        ),
        sorting(
            "season-of-scene",
            frames.SEASON,
            (
                "Name the season that the sentence describes: spring, summer, autumn or winter.",
                "At what time of year does this take place? spring, summer, autumn, winter.",
                "scene -> spring / summer / autumn / winter",
                "Which season is it in the north, going by the clues: spring, summer, autumn or winter?",
                "Read the scene and output its season in lower case, one of winter, spring, summer, autumn.",
                "Guess the quarter of the year from nature and clothes: spring, summer, autumn or winter.",
                "You get a short description; say in which season it plays (autumn, winter, spring, summer).",
                "Classify the scene by season with four labels: summer, autumn, winter, spring.",
            ),
            (
                "For a wall calendar: under which part of the year, winter, summer, spring or autumn, would this fit?",
                "Blossom hints at spring, heat at summer, falling leaves at autumn, ice at winter; what is hinted at "
                "here?",
                "Work out from month, weather or plants when this is, naming one of the four seasons.",
                "Is that autumn, spring, winter or summer?",
            ),
        ),
        sorting(
            "indoors-or-outdoors",
            frames.IN_OR_OUT,
            (
                "Does the scene take place indoors or outdoors?",
                "Are the people inside a building or in the open? Answer indoors or outdoors.",
                "scene -> indoors / outdoors",
                "Decide where it happens: indoors (under a roof) or outdoors (in the open air).",
                "You are given a sentence; output indoors if it plays in a room, outdoors if not.",
                "Classify the setting with the word indoors or outdoors.",
                "Is there a ceiling above them? Write indoors if there is and outdoors if there is none.",
                "Tell from the furniture, plants and so on whether this is indoors or outdoors.",
            ),
            (
                "A film crew asks: studio room or open-air shot? Say indoors or outdoors.",
                "Within four walls or out in nature? Reply with the adverb, outdoors or indoors.",
                "Would one get wet there if it rained? Then outdoors; otherwise indoors.",
                "Label the surroundings: outdoors, indoors.",
            ),
        ),
        sorting(
            "speaker-emotion",
            frames.EMOTION,
            (
                "Name the emotion in the sentence: joy, sadness, anger, fear or surprise.",
                "Which feeling is expressed? Choose joy, sadness, anger, fear or surprise.",
                "sentence -> joy / sadness / anger / fear / surprise",
                "Emotion recognition with the labels joy, sadness, anger, fear, surprise.",
                "How does the person feel: joy, sadness, anger, fear or surprise?",
                "You are given a sentence; output the one feeling that fits, out of fear, joy, anger, surprise, "
                "sadness.",
                "Decide which mood somebody is in here (anger, fear, joy, sadness, surprise).",
                "Read between the lines and answer with surprise, sadness, joy, fear or anger.",
            ),
            (
                "An actor must play this; with which of sadness, surprise, fear, anger, joy?",
                "Laughing, weeping, raging, trembling or gaping? Use the nouns joy, sadness, anger, fear, surprise.",
                "Put the inner state behind these words into one of five boxes: fear, sadness, surprise, joy, anger.",
                "What is felt, in a noun: anger, surprise, joy, sadness, fear?",
            ),
        ),
        sorting(
            "invitation-reply",
            frames.INVITATION,
            (
                "Does the reply accept the invitation? Answer yes, no or maybe.",
                "Will this guest come: yes, no or maybe?",
                "reply to an invitation -> yes / no / maybe",
                "Read what the guest writes back and say yes (comes), no (does not come) or maybe (undecided).",
                "Classify the answer to an invitation with the labels yes, no and maybe.",
                "You organise a party; note for this reply yes, no or maybe.",
                "Is it a promise to come (yes), a refusal (no) or still open (maybe)?",
                "Tell from the message whether to count on the guest: maybe, no or yes.",
            ),
            (
                "What goes into the RSVP column for this person, maybe, yes or no?",
                "Should a chair be reserved? Definitely = yes, not at all = no, unclear = maybe.",
                "Sum up the response of somebody who was asked to join, by a single yes, maybe or no.",
                "Decide if the invited one is in (yes), out (no) or on the fence (maybe).",
            ),
        ),
        sorting(
            "time-of-day-of-scene",
            frames.TIME_OF_DAY,
            (
                "Name the part of the day that the sentence describes: morning, noon, evening or night.",
                "When in the day does this take place? morning, noon, evening, night.",
                "scene -> morning / noon / evening / night",
                "Is it morning, noon, evening or night, going by the clues?",
                "Read the scene and output the part of the day in lower case: night, noon, morning or evening.",
                "Classify the scene by the position in the day with four labels: evening, morning, night, noon.",
                "You get a short description; say in which part of the day it plays (noon, evening, night, morning).",
                "Guess from meals, light and what people do: morning, noon, evening or night?",
            ),
            (
                "Breakfast hints at morning, lunch at noon, dusk at evening, deep sleep at night; what is hinted at "
                "here?",
                "Roughly what would the clock say? Use night, morning, noon or evening.",
                "Work out at which of the four stages of a day this happens.",
                "Is that an evening, a noon, a night or a morning? One word.",
            ),
            partition="dev",
        ),
        sorting(
            "service-review-sentiment",
            frames.SERVICE_REVIEW,
            (
                "Is the review of the service positive or negative?",
                "Judge whether the guest or client was pleased with the treatment: answer positive or negative.",
                "Sentiment about a hotel, clinic, restaurant or firm: positive / negative.",
                "review of a service -> positive or negative",
                "Does the writer speak well of the people there? Say positive if yes and negative if no.",
                "You are given a visitor's comment; output its polarity, positive or negative.",
                "Classify what a customer tells of the staff as positive (content) or negative (upset).",
                "Would this visitor return gladly (positive) or never again (negative)?",
            ),
            (
                "Was it a good experience there? Good is positive, bad is negative.",
                "Tell whether the client left in a good mood, using the words negative and positive.",
                "Opinion mining on hospitality: label the tone positive or negative.",
                "Compliment or grievance about how they were served? Write positive or negative accordingly.",
            ),
            partition="held-out",
            twin_of="product-review-sentiment",
        ),
        sorting(
            "ticket-department",
            frames.DEPARTMENT,
            (
                "Name the department for the customer's message: billing, delivery, returns, technical support or "
                "account.",
                "Who should answer this? billing, delivery, returns, technical support, account.",
                "support ticket -> billing / delivery / returns / technical support / account",
                "Route the ticket of a web shop to billing, delivery, returns, technical support or account.",
                "Classify what the customer's trouble is about: account, billing, delivery, returns, technical "
                "support.",
                "You work at a help desk; output the queue for this message, e.g. technical support or billing.",
                "Decide which team takes over: delivery, returns, account, billing or technical support.",
                "Read the complaint or question of a shopper and choose among returns, account, technical support, "
                "delivery and billing.",
            ),
            (
                "Money matters go to billing, parcels to delivery, unwanted goods to returns, faults to technical "
                "support, logins to account; where does this go?",
                "Press which key on the hotline: account, technical support, returns, delivery, billing?",
                "Assign the shopper's concern to one of five desks (returns, billing, technical support, account, "
                "delivery).",
                "Whose job is it within the company, that of technical support, delivery, billing, account or returns?",
            ),
            partition="held-out",
        ),
        *form_drafts(),
    )
