"""Records of a step: every number, and where in the text it comes from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Output:
    """An output row in one step: what it was asked, what it said, and how it changes.

    Attributes
    ----------
    kind : {'word', 'node'}
        Whether the row belongs to a word or to an inner node of the tree.
    id : int
        Which row of `Trainer.output`.
    label : {0, 1}
        The answer it should give: 1 for the word that was seen, or for code 0 at a node.
    weight : int
        How often a noise word was drawn; 1 for all others.
    score : float
        The row times the hidden layer.
    probability : float
        The softmax of the scores, or the sigmoid of this one.
    error : float
        ``weight * (label - probability)``: the gradient of the loss by the score, negative.
    row : ndarray of shape (vector_size,), float64
        Before the step.
    update : ndarray of shape (vector_size,), float64
        What is added to it: ``alpha * error * hidden``.
    """

    kind: str
    id: int
    label: int
    weight: int
    score: float
    probability: float
    error: float
    row: Vector
    update: Vector


@dataclass(frozen=True, eq=False)
class Step:
    """Every number of one update.

    Attributes
    ----------
    step : int
        From 1. All other places count from 0.
    epoch, sentence, position : int
        Where the centre word is, which is the one to be predicted.
    window : tuple of (int, int)
        First and last position of the window in its sentence.
    target : int
        Id of the centre word.
    contexts : list of int
        Positions of the words that predict: one in skip-gram, all of the window in CBOW.
    inputs : list of int
        Their ids; a word may be there twice.
    input_rows : ndarray of shape (len(inputs), vector_size), float64
        Before the step.
    hidden : ndarray of shape (vector_size,), float64
        Their mean, or with ``cbow_mean=0`` their sum.
    outputs : list of Output
        All words (softmax), the nodes on the path from the root down ('hs'), or the centre word
        and the noise words ('ns').
    drawn : list of int
        Noise words as they were drawn. One equal to the target is dropped; one drawn twice is
        a single output of weight 2.
    loss : float
        In nats, before the update.
    input_update : ndarray of shape (vector_size,), float64
        What is added to the row of each input.
    alpha : float
        Learning rate.
    """

    step: int
    epoch: int
    sentence: int
    position: int
    window: tuple[int, int]
    target: int
    contexts: list[int]
    inputs: list[int]
    input_rows: Vector
    hidden: Vector
    outputs: list[Output]
    drawn: list[int]
    loss: float
    input_update: Vector
    alpha: float
