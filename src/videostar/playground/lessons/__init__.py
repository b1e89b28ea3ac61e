"""What the tiny checkpoint is taught about each world's clips, in plain words: no label name of any world stands here."""

from videostar.playground.lessons.dives import DIVES
from videostar.playground.lessons.lesson import Lesson
from videostar.playground.lessons.moves import MOVES
from videostar.playground.lessons.procedures import PROCEDURES

LESSONS: tuple[Lesson, ...] = (MOVES, DIVES, PROCEDURES)
