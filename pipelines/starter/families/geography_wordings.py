"""How the geography tasks are described."""

from __future__ import annotations

from pipelines.starter.families.wordings import wordings

WORDINGS = {
    "country-capital": wordings("""
        Name the capital city of a country.
        For France the answer is Paris; do the same for the country given.
        Given a country or territory, return its capital.
        Match every nation with the city that leads it.
        From the state, find its first city in rank: the one officially called capital.
        Play the geography quiz: I say a country, you say the capital.
        Look up the main administrative city belonging to the named land.
        For the country in the input, output the city marked with a star on political maps.
        What's the capital of the following place?
        Report the official chief city of the land mentioned.
        Convert country names into the names of their capitals.
        An atlas lists a capital next to each country; write the one for this entry.
    """),
    "country-continent": wordings("""
        Name the continent on which a country lies.
    Which part of the world does this country belong to: Africa, Asia, Europe, North America, South America or Oceania?
        Sort countries by continent.
        Given the name of a country or territory, answer with its continent.
        Place the nation on one of the large land masses of the globe.
        If you flew to this country, on what continent would you land?
        Classify the state by continent, writing the continent's full name.
        Say where on Earth the country is, at the level of continents.
        What continent is the following country part of?
        Assign a world region such as Europe or Asia to the land mentioned.
        Tell which of the six inhabited continents contains the given place.
        Read the country's name and reply with the landmass it is counted to.
    """),
    "capital-country": wordings("""
        Name the country whose capital is given.
        This city is the capital of which country?
        You are given a capital city; reply with the state it governs.
        capital -> country, e.g. Paris -> France
        Turn the quiz around: I say the capital, you say the country it belongs to.
        A government sits in this capital. Write the name of its country or territory.
        For Tokyo write Japan, for Ottawa write Canada, and so on for other capitals.
        Find the nation that has the following city as its seat of government.
        Which nation is ruled from here? The input is always a capital.
        Map capitals back to the lands they head.
        Given the chief city of some state, identify that state by its usual English name.
        Capital in, country out.
    """),
    "country-currency": wordings("""
        Name the currency of a country.
        What money do people pay with in this country? Give the currency's full English name.
        country -> its official currency, e.g. Japan -> Japanese Yen
        You are given a country or territory. State the legal tender used there.
        A traveller arrives in the country below: which currency should they take out of the machine?
        Write the currency of the nation, such as Euro, US Dollar or Indian Rupee.
        Look up what the central bank of the named country issues.
        For each land, answer with the name of its monetary unit, capitalised, in English.
        Tell me the kind of cash that shops in the following place accept.
        Give the official name under which banks list this state's money.
        If prices are shown in Swedish Krona in Sweden, how is the unit called in the country I name?
        Pair each territory with the unit of money circulating in it.
    """),
    "city-country": wordings("""
        Name the country in which a city lies.
        Which country is this city in?
        You get the name of a large city; reply with its country.
        city -> country, for instance Milan -> Italy
        Someone was born in the city below. Write the country they come from.
        Locate the city on the world map and give the state around it in English.
        Identify the nation to which the named town belongs today.
        For a big city that is no capital, tell what country you would find it in.
        Where in the world is this place? A country name is enough.
        Assign each of these towns to the land it is part of.
        If I fly to the city mentioned, whose border officers will check my passport? Name the country.
        Resolve a city name to the English short name of its country.
    """),
    "city-continent": wordings("""
        Name the continent on which a city lies.
        Is this city in Africa, Asia, Europe, North America or South America?
        city -> continent, such as Milan -> Europe
        You are given a large city. Answer with the name of its continent and nothing else.
        Sort the following towns by the part of the world they are in.
        Label the city with its continent: Africa, Asia, Europe, North America or South America.
        On which of five continents would a pilot heading for this city touch down?
        Find the city on the globe and report the continent around it.
        To what continent does the urban area mentioned belong?
        Place this town: which great landmass is it on?
        Read a city's name and categorise it as African, Asian, European or American by writing the continent.
        Give the continent where the people of the city named below live.
    """),
    "subdivision-country": wordings("""
        Name the country to which a province, state or region belongs.
        Which country has an administrative division of this name?
        region -> country, for instance Bavaria or Bayern -> Germany
        You are given a first-level subdivision (state, canton, prefecture, county ...). Reply with its country.
        The input is the local name of a province. Say what country it is a part of.
        Assign the federal state, department or governorate to the nation that contains it.
        For Ontario the answer is Canada; treat the other regions in the same way.
        Look at the name of a region and identify the sovereign state around it.
        Of what nation is this area a province or state?
        Tell me the land in which the following district, canton or region is found.
        Resolve an ISO 3166-2 subdivision name to the English name of its country.
        Someone lives in the region below; write the country for their passport.
    """),
    "us-city-state": wordings("""
        Name the US state in which a city lies.
        Which of the fifty states is this American city in?
        US city -> state, e.g. Fresno -> California
        You are given a town in the United States. Write the full name of its state.
        Complete the place name with its state: the city is in the input, you supply the state.
        In what state of the USA would you look for the following city?
        Assign each American town to its state, written out and not abbreviated.
        Locate this city within the United States and answer with the state alone.
        A parcel goes to the US town below; what state should be on the label?
        Tell me whose governor is responsible for this American city by naming the state.
        Resolve the name of a municipality in the US to the state around it, in full.
        Where in America is it? Answer as in Tucson: Arizona.
    """),
    "us-city-time-zone": wordings("""
        Name the time zone of a city in the USA: Eastern, Central, Mountain or Pacific.
        Which of the four mainland US time zones does this American city use?
        US city -> Eastern / Central / Mountain / Pacific
        You are given a town in the United States. Answer with one word for its time zone.
        Does a clock in this American city show Pacific, Mountain, Central or Eastern time?
        Sort US towns by the hour they keep: Eastern, Central, Mountain, Pacific.
        Fresno gives Pacific and Boston would give Eastern; classify the city below likewise.
        Find out how clocks are set in the US city named and give the zone without the word time.
        I must phone somebody in the American town below; is it Eastern, Central, Mountain or Pacific there?
        Label every municipality of the US by its zone, using the adjective alone.
        Is it on East Coast time, West Coast time (Pacific), or one of the two between? Write the zone's name.
        Tell what to put before "Time" for people living in the following place in the States.
    """),
    "city-in-sentence-country": wordings("""
        Name the country of the city that the sentence mentions.
        A city occurs in the sentence; which country is it in?
        Read the text, find the place name, and answer with the country where that city lies.
        sentence with a city -> country of the city
        You are given one sentence about a town. Write only the country this town is in.
        In which country does the scene take place? The city named in the line tells you.
        Spot the city in the sentence and look up its country.
        From a remark like "We stayed in Osaka for a week" infer the country: Japan.
        Someone talks about a city without saying the country. Supply the missing country.
        Geolocate this statement to the level of a nation, using the town it names.
        What land would I have to visit to be where the story below happens?
        Extract the urban place from the passage and map it to the state around it; print that state alone.
    """),
    "larger-city": wordings("""
        Name the larger of two cities.
        Which of these two cities has more inhabitants? Answer with its name.
        Two cities are compared; return the more populous one as it is written.
        You are asked about a pair of cities. Write the one where more people live.
        two cities -> the bigger one by population
        Decide which of both places is the greater city and copy its name.
        Say only the name of the city with the higher head count of the two.
        Tell a metropolis from a smaller town: of the two named, output the metropolis.
        Given a question about the size of a couple of towns, reply with the winner's name.
        If everyone in both were counted, where would there be more people? Name that town.
        Pick from the pair the place with the greater population.
        One of them is at least eight times as large as the other: which?
    """),
    "northern-city": wordings("""
        Name the more northerly of two cities.
        Which of these two cities lies further north? Answer with its name.
        Two cities are mentioned; return the one with the higher northern latitude.
        You are asked about the position of a pair of cities. Write the northern one.
        two cities -> the one further from the South Pole
        Compare the latitudes of both places and copy the name of the upper one on the map.
        Say only the name of the city that is nearer to the North Pole.
        Of two towns, find out which you reach by travelling north from the other.
        On a globe with the Arctic on top, what place of the two is higher up?
        Tell me where the compass needle points when going between them: the town at that end.
        Geography question on a couple of cities: give whichever is situated more to the north.
        Output the place with the greater latitude, southern values counting as negative.
    """),
    "countries-border": wordings("""
        Say whether two countries share a land border: yes or no.
        Do these two countries touch each other? Answer yes or no.
        two countries -> yes if they are neighbours, otherwise no
        You are given the names of two states. Write yes if one can walk straight from one into the other.
        Check a pair of nations for a common frontier and reply yes or no.
        Are both lands direct neighbours on the map? Use the words yes and no.
        Decide if there is a border between the first country and the second (yes/no).
        France, Spain gives yes and France, Poland gives no; judge the pair below.
        Would I cross exactly one frontier driving from this country to that one? Reply with yes or no.
        Tell neighbours (yes) from countries that have others or the sea between them (no).
        Is there a boundary line that the two states named have in common? One word.
        Given a couple of countries separated by a comma, print yes when they adjoin, no when they do not.
    """),
    "cities-same-country": wordings("""
        Say whether two cities are in the same country: yes or no.
        Are both of these cities in one country? Answer yes or no.
        two cities -> yes if one country contains both, otherwise no
        You are given a pair of towns. Write yes when they belong to a single nation, else no.
        Could I travel between these cities without leaving the country? Reply yes or no.
        Compare the countries of two places and state yes if they agree, no if they differ.
        Osaka and Kobe gives yes, Osaka and Milan gives no; judge this pair.
        Decide if the first city and the second are compatriots, using the words yes and no.
        Do the people of the two places named below live under the same flag? One word: yes or no.
        Check that a couple of towns share their nation; print yes for a match and no for a mismatch.
        Is a border between states to be crossed from one to the other? If none, say yes; otherwise say no.
        Tell domestic pairs of cities (yes) from international ones (no).
    """),
    "largest-of-three-cities": wordings("""
        Name the largest of three cities.
        Which of these three cities has the most inhabitants? Answer with its name.
        Three cities are compared; return the most populous one as it is written.
        You are asked about a trio of cities. Write the one where most people live.
        three cities -> the biggest by population
        Decide which of the three places is the greatest city and copy its name.
        Say only the name of the city with the highest head count of the three.
        Tell a metropolis from two smaller towns: output the metropolis.
        Given a question about the size of several towns, reply with the winner's name.
        If everyone in all three were counted, where would there be most people? Name that town.
        Pick from the triple the place with the greatest population.
        Two of them are far smaller than the remaining one: which is that?
    """),
    "address-country": wordings("""
        Name the country of an address from the city in it.
        The address below lacks its country; which one is it?
        Read a postal address, find the city, and answer with the country where it lies.
        address -> country of its city
        You are given a street, a house number and a city. Write only the country to send it to.
        To what country must this parcel go? The town in the line tells you.
        Spot the city in the address and look up its country.
        From something like "12 Mill Road, Osaka" infer the country: Japan.
        Somebody forgot the last line of the label. Supply the missing country.
        Geolocate this delivery to the level of a nation, using the town it names.
        What state's post will finally bring a letter addressed like this?
        Extract the urban place from the contact details and map it to its nation; print that nation alone.
    """),
    "city-national-capital": wordings("""
        Name the capital of the country in which a city lies.
        This city is not a capital; what is the capital of its country?
        city -> capital of the same country, for instance Milan -> Rome
        You are given a large city. Reply with the city from which its country is governed.
        Find the country around the named town and then write that country's capital.
        In which city is the parliament or government that rules this town's country?
        For Osaka write Tokyo and for Lyon write Paris; go on with the other cities.
        Look up the national capital for people who live in the city below.
        Where would a resident of this place travel to see their own country's capital?
        Replace each town by the seat of government of the nation it is part of.
        Take two steps, city to country and country to capital, and print just the last.
        Tell me the chief city of the land to which the following urban area belongs.
    """),
}
