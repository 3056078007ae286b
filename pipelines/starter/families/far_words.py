"""Words for the families that stand far from all seen tasks."""

from __future__ import annotations

_WOMEN_TEXT = (
    "Ada Agnes Alba Alma Amelia Anita Astrid Beatrice Bella Bianca Carla Cecilia Celeste Clara Cora Daphne Delia Diana "
    "Doris Edith Elena Elsa Emilia Emma Erica Esther Eva Fiona Freya Gina Greta Hanna Hazel Heidi Helen Ida Ingrid "
    "Irene Iris Isabel Jana Jasmine Julia Karen Kira Lara Laura Lena Lillian Linda Lisa Lucy Lydia Mabel Maria Marion "
    "Martha Mila Mira Monica Nadia Nina Nora Olga Olivia Paula Petra Rita Rosa Ruth Sara Selma Silvia Sonia Stella "
    "Susan Tanya Tessa Tina Ursula Vera Wanda Yvonne Zoe"
)
WOMEN = _WOMEN_TEXT.split()
_MEN_TEXT = (
    "Aaron Adam Alan Albert Alfred Anton Arthur Barry Ben Boris Bruno Carl Cedric Conrad Cyril Daniel David Dennis "
    "Dominic Edgar Edwin Elias Emil Eric Ernest Felix Fred Gavin George Gilbert Gregory Gustav Harold Harry Hector "
    "Henry Hugo Igor Isaac Ivan Jack Jacob James Jasper Joel Julian Karl Kevin Kurt Leo Leon Lewis Louis Lucas Marco "
    "Martin Milo Nathan Neil Nils Noah Oliver Oscar Otto Owen Paul Peter Philip Ralph Roger Roland Rufus Samuel Sean "
    "Simon Stefan Steven Theo Thomas Tim Tobias Tom Vincent Walter Xavier Yuri"
)
MEN = _MEN_TEXT.split()
_NONSENSE_TEXT = (
    "blim bosk brell carv clon crint dack dorb drimp fendle flonk frim garm glip gorf grenk harn hobble jard jelk kern "
    "klat krell lorp lunt marv mirp morg nabe nilt norb plim plonk pelk quin ralk rint sarn skell snerd tarb tolm "
    "trisk vark velt vorp wamp wend yarl zark zent zorb"
)
NONSENSE = _NONSENSE_TEXT.split()
_CODE_WORDS_TEXT = (
    "account active address amount average backup balance base batch border buffer button cache cell chart child "
    "client close code color column config content control copy count current cursor data date delay "
    "depth device display draft edge editor element email entry error event factor field file filter final "
    "first flag folder font format frame game graph grid group handle hash header height host icon image index "
    "initial input item join key label last layer layout length level limit line link list load local lock login loop "
    "main map margin mask match max memory menu merge message min mode model month mouse name network next node "
    "number object offset old open option order output owner page panel parent parse path pixel player point pool port "
    "prefix price print product profile query queue random rate read record remote render report request reset result "
    "retry role root row rule sample save scale score screen search select send server session shape signal single "
    "size sort source speed stack start state status step stop store stream style suffix sum table tag target "
    "task temp test text theme thread time title token top total trace tree type unit update upload user valid value "
    "vector version view visible volume web week weight width window word worker write year zone"
)
CODE_WORDS = _CODE_WORDS_TEXT.split()
_THINGS_TEXT = (
    "red blue green yellow black white pink brown apple pear plum cherry cat dog bird fish sun moon star cloud circle "
    "square triangle cup plate fork spoon drum flute harp oak elm pine rose tulip lion bear wolf up down left right "
    "clap stamp snap tick tock ping pong big small hot cold"
)
THINGS = _THINGS_TEXT.split()
