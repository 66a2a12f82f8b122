"""The grammar of the generated corpus: frames with slots over the lexicon's tables.

A frame is a sentence with slots, ``"the {person} wore {person.possessive} {person.garment}"``:
each distinct name before the dot draws one row of a table, and each slot one of the
words in that row's column. So a form meets two kinds of company: what is its entry's
own (king and queen: throne, crown) and what belongs to the form (queen and actress:
she, her, gown). Nothing else relates the forms, which is why their vectors differ by
the form's company and analogies can be solved by whoever learned the company.

Only ``Generator.random`` is drawn from, in a fixed order: one seed, one corpus.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from sys import intern

import numpy as np
from numpy.typing import NDArray

from word2vec.datasets import lexicon

BLOCK = 8192  # sentences drawn together; part of what a seed means
_FLATTEN = 20  # row r is drawn in proportion to 1 / (r + _FLATTEN): Zipf-like, no row starves

Rows = Sequence[Sequence[str]]  # of one column: the alternatives of each row


class Column:
    """One column of a table: for each row, words to draw from."""

    def __init__(self, rows: Rows) -> None:
        self.words: NDArray[np.object_] = np.array([w for row in rows for w in row], dtype=object)
        self.lengths = np.array([len(row) for row in rows])
        self.starts = np.cumsum(self.lengths) - self.lengths

    def draw(
        self,
        rows: NDArray[np.intp],
        uniform: NDArray[np.float64],
        previous: NDArray[np.intp] | None,
    ) -> NDArray[np.intp]:
        """Draw the place in `words` of one word for each row, not the `previous` one."""
        starts, lengths = self.starts[rows], self.lengths[rows]
        place: NDArray[np.intp]
        if previous is None:
            place = (uniform * lengths).astype(np.intp)
        else:
            # One to length - 1 places further on, round the row; a row of one has no other.
            step = 1 + (uniform * (lengths - 1)).astype(np.intp)
            place = (previous - starts + step) % lengths
        place += starts
        return place

    def mean_words(self, weights: NDArray[np.float64]) -> float:
        """How many words a draw adds on average (a column may hold phrases)."""
        words = np.array([len(entry.split()) for entry in self.words])
        return float(weights @ (np.add.reduceat(words, self.starts) / self.lengths))


class Table:
    """Columns of equal height whose rows are drawn together."""

    def __init__(self, **columns: Rows) -> None:
        self.columns = {name: Column(rows) for name, rows in columns.items()}
        height = len(next(iter(columns.values())))
        weights = 1.0 / (np.arange(height) + _FLATTEN)
        self.weights = weights / weights.sum()
        self._cumulative = np.cumsum(self.weights)[:-1]

    def draw(self, uniform: NDArray[np.float64]) -> NDArray[np.intp]:
        """One row for each number in [0, 1)."""
        return np.searchsorted(self._cumulative, uniform, side="right")


class Frame:
    """A sentence with slots; see the head of the file."""

    _SLOT = re.compile(r"\{(\w+)\.(\w+)\}")

    def __init__(self, text: str, tables: dict[str, Table]) -> None:
        self._slots: list[tuple[str, Column]] = []
        self._tables: dict[str, Table] = {}
        self.mean_words = float(len(self._SLOT.sub("", text).split()))
        for name, column in self._SLOT.findall(text):
            table = tables[name]
            self._tables[name] = table
            self._slots.append((name, table.columns[column]))
            self.mean_words += table.columns[column].mean_words(table.weights)
        self._format = self._SLOT.sub("%s", text)

    def sentences(self, rng: np.random.Generator, n: int) -> list[list[str]]:
        """`n` sentences as lists of interned words."""
        rows = {name: table.draw(rng.random(n)) for name, table in self._tables.items()}
        places: dict[Column, NDArray[np.intp]] = {}
        drawn = []
        for name, column in self._slots:
            places[column] = column.draw(rows[name], rng.random(n), places.get(column))
            drawn.append(column.words[places[column]].tolist())
        return [
            list(map(intern, (self._format % words).split())) for words in zip(*drawn, strict=True)
        ]


def table_lines(text: str) -> list[list[str]]:
    """Rows and cells of one of the lexicon's tables."""
    return [line.split() for line in text.strip().splitlines()]


def _forms_table(text: str, *forms: str) -> Table:
    """Return a table with a column for each of `forms`, and the company as `own`."""
    lines = table_lines(text)
    columns = {name: [[line[i]] for line in lines] for i, name in enumerate(forms)}
    columns["own"] = [line[len(forms) :] for line in lines]
    return Table(**columns)


def _people_table() -> Table:
    lines = table_lines(lexicon.PEOPLE)
    both = [(line[sex], line[2:], sex) for line in lines for sex in (0, 1)]
    table: dict[str, Rows] = {
        "noun": [[noun] for noun, _, _ in both],
        "own": [own for _, own, _ in both],
    }
    for name, pair in lexicon.GENDER.items():
        table[name] = [pair[sex].split() for _, _, sex in both]
    return Table(**table)


def _currency_table() -> Table:
    company = {line[0]: line[3:] for line in table_lines(lexicon.COUNTRIES)}
    lines = table_lines(lexicon.CURRENCIES)
    return Table(
        country=[[country] for country, _ in lines],
        currency=[[currency] for _, currency in lines],
        own=[company[country] for country, _ in lines],
    )


def _animal_table(form: int) -> Table:
    """Return the animals that have the form in column `form`: 1 young, 2 sound."""
    lines = [line for line in table_lines(lexicon.ANIMALS) if line[form] != "-"]
    return Table(
        adult=[[line[0]] for line in lines],
        form=[[line[form]] for line in lines],
        own=[line[3:] for line in lines],
    )


def _phrases(text: str) -> Rows:
    return [[phrase.strip() for phrase in text.split("|")]]


# Words between the words, the same for every frame; an empty phrase is none.
ANY = {
    "opener": "|||||||| and | but | so | then | in fact | of course | they say that"
    " | it is true that",
    "place": "|||| in the town | at home | on the other side of the street | in the village",
    "closer": "|||||| as we all know | and that was that | for a while | in the end | and so on",
    "subject": "someone | everybody | nobody | my friend | our neighbour | the teacher | a stranger"
    " | the student | one of them | the old farmer",
    "past": "yesterday | last week | two days ago | last night | in those days",
    "now": "right now | at this moment | just now | at present | as we speak",
    "future": "tomorrow | next week | soon | some day | before long",
    "often": "every morning | always | usually | on sundays | every day",
    "may": "will | must | can | should | might | wants to | has to",
    "keeps": "is | is still | keeps | enjoys | stopped | started",
    "very": "very | quite | so | too | really | rather",
    "much": "much | even | a bit | far | slightly",
    "ofall": "of all | in the world | ever seen | by far | on record",
    "one": "one | a single | this | each | another",
    "many": "many | several | these | two | three | a dozen",
    "nation": "government | parliament | president | army | economy | constitution | border",
    "town": "mayor | streets | airport | suburbs | traffic | taxis | museums",
    "culture": "language | poets | cuisine | novels | accent | folk songs | customs",
    "money": "banknotes | exchange rate | price | coins | inflation",
    "grown": "adult | full grown | mature",
    "tiny": "newborn | tiny | helpless | playful",
    "noise": "loudly | suddenly | noisily | with all its might",
}

# Share of all sentences, then the frames that divide it equally.
FRAMES: tuple[tuple[float, tuple[str, ...]], ...] = (
    (
        0.24,
        (
            "{any.opener} the {person.noun} of the {person.own} put on {person.possessive}"
            " {person.garment} and left the {person.own}",
            "{any.opener} {person.name} was a {person.noun} with a {person.feature}"
            " who knew the {person.own} {any.closer}",
            "the {person.noun} said that {person.pronoun} had seen the {person.own} and the"
            " {person.own} {person.reflexive}",
            "{any.opener} {person.pronoun} is the {person.noun} of the {person.own} who"
            " forgot {person.possessive} {person.garment}",
            "yes {person.address} said {person.name} to the {person.noun} of the {person.own}"
            " {any.place}",
            "a {person.noun} without {person.possessive} {person.own} hurt {person.reflexive}"
            " so {person.pronoun} lost {person.possessive} {person.feature} {any.closer}",
        ),
    ),
    (
        0.27,
        (
            "{any.opener} the {any.nation} of {world.country} is proud of {world.own}"
            " and of {world.own}",
            "{any.opener} the {any.nation} in {world.country} closed the road to {world.own}"
            " {any.closer}",
            "{any.opener} the {any.town} of {world.capital} are full of {world.own}"
            " and of {world.own}",
            "{any.opener} the {any.town} in {world.capital} on the way to {world.own} {any.closer}",
            "{world.capital} is the capital of {world.country} and the home of {world.own}",
            "{any.opener} the {world.adjective} {any.culture} of {world.own} and {world.own}",
            "we love the {world.adjective} {any.culture} from {world.own} {any.closer}",
            "{any.opener} the {world.adjective} {any.culture} is spoken of in {world.country}"
            " and near {world.own}",
            "the {any.money} of the {money.currency} fell in {money.own} and {money.own}",
            "{any.opener} it cost ten {money.currency} to see {money.own} in {money.country}"
            " {any.closer}",
        ),
    ),
    (
        0.18,
        (
            "{any.past} {any.subject} {verb.past} the {verb.own} and the {verb.own} {any.place}",
            "{any.subject} {verb.past} the {verb.own} {any.past} {any.closer}",
            "{any.subject} {any.keeps} {verb.participle} the {verb.own} and the {verb.own}"
            " {any.now}",
            "{any.now} {any.subject} {any.keeps} {verb.participle} the same {verb.own} {any.place}",
            "{any.subject} {any.may} {verb.base} the {verb.own} and the {verb.own} {any.future}",
            "{any.future} {any.subject} {any.may} {verb.base} the same {verb.own} {any.place}",
            "{any.subject} {any.often} {verb.third} the {verb.own} and the {verb.own}",
        ),
    ),
    (
        0.14,
        (
            "{any.opener} the {adj.own} is {any.very} {adj.base} {any.closer}",
            "it was a {any.very} {adj.base} {adj.own} and a {any.very} {adj.base} {adj.own}",
            "{any.opener} this {adj.own} is {any.much} {adj.comparative} than that {adj.own}",
            "a {any.much} {adj.comparative} {adj.own} than the {adj.own} {any.closer}",
            "{any.opener} this is the {adj.superlative} {adj.own} {any.ofall}",
            "the {adj.own} is the {adj.superlative} {adj.own} {any.ofall} {any.closer}",
        ),
    ),
    (
        0.09,
        (
            "{any.opener} {any.one} {noun.singular} stood near the {noun.own} {any.place}",
            "look at {any.one} {noun.singular} with the {noun.own} and the {noun.own}",
            "{any.opener} {any.many} {noun.plural} stood near the {noun.own} {any.place}",
            "look at {any.many} {noun.plural} with the {noun.own} and the {noun.own}",
        ),
    ),
    (
        0.08,
        (
            "{any.opener} the {any.grown} {young.adult} went to the {young.own} {any.place}",
            "the {any.grown} {young.adult} and the {young.own} of the {young.own}",
            "{any.opener} the {any.tiny} {young.form} follows its mother to the {young.own}",
            "a {any.tiny} {young.form} and the {young.own} of the {young.own}",
            "{any.opener} the {any.grown} {sound.adult} by the {sound.own} {any.closer}",
            "listen it {sound.form} {any.noise} at the {sound.own} and the {sound.own}",
            "{any.opener} it {sound.form} {any.noise} near the {sound.own} {any.closer}",
        ),
    ),
)


class Grammar:
    """All frames with their shares, ready to draw sentences from."""

    def __init__(self) -> None:
        tables = {
            "any": Table(**{name: _phrases(text) for name, text in ANY.items()}),
            "person": _people_table(),
            "world": _forms_table(lexicon.COUNTRIES, "country", "capital", "adjective"),
            "money": _currency_table(),
            "verb": _forms_table(lexicon.VERBS, "base", "past", "participle", "third"),
            "adj": _forms_table(lexicon.ADJECTIVES, "base", "comparative", "superlative"),
            "noun": _forms_table(lexicon.NOUNS, "singular", "plural"),
            "young": _animal_table(1),
            "sound": _animal_table(2),
        }
        self._frames = [Frame(text, tables) for _, texts in FRAMES for text in texts]
        shares = np.array([share / len(texts) for share, texts in FRAMES for _ in texts])
        self._cumulative = np.cumsum(shares / shares.sum())[:-1]
        means = np.array([frame.mean_words for frame in self._frames])
        self.mean_words = float(shares @ means / shares.sum())

    def sentences(self, n: int, seed: int) -> Iterator[list[str]]:
        """`n` sentences; a larger `n` continues a smaller one, block by block."""
        rng = np.random.default_rng(seed)
        for start in range(0, n, BLOCK):
            # A whole block is drawn even when less is wanted: n must not change what comes.
            which = np.searchsorted(self._cumulative, rng.random(BLOCK), side="right")
            counts = np.bincount(which, minlength=len(self._frames))
            drawn = [
                iter(frame.sentences(rng, int(count)))
                for frame, count in zip(self._frames, counts, strict=True)
            ]
            for index in which[: n - start].tolist():
                yield next(drawn[index])


@cache
def grammar() -> Grammar:
    """Return the one grammar; built once, it takes a few milliseconds."""
    return Grammar()
