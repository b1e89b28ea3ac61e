"""One arm with one seed: an ordinary run, into which the arm's change reaches between two stages. Killed anywhere, it goes on."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from itertools import chain
from pathlib import Path
from types import MappingProxyType

from videostar.build import ConfiguredAdapters
from videostar.compare.changes import CONVERSATION_CHANGES, SAMPLE_CHANGES, ConversationChange, named
from videostar.compare.looks import LOOKS, ChangedFrames
from videostar.compare.plan import Plan, signatures
from videostar.compare.reuse import CHANGED_FROM, SIGNED, sign, take_over
from videostar.config import Config
from videostar.errors import ConfigError
from videostar.loop import Stage, stages
from videostar.playground import arms as playground
from videostar.ports import Trainer, Watcher
from videostar.rows import answer_from_json, conversation_from_json, read_rows, sample_from_json, to_json
from videostar.store import BatchNote, CycleFiles, RunStore, StageLog, read_json, write_json, write_rows
from videostar.types import Conversation
from videostar.video.store import FrameStore

CHANGES: Mapping[str, ConversationChange] = MappingProxyType({**CONVERSATION_CHANGES, **playground.CHANGES})


def check_names(plan: Plan) -> None:
    """Raise `ConfigError` for a change that there is not, before anything is asked."""
    change, of_samples = plan.arm.named(plan.arm.conversations), plan.arm.named(plan.arm.samples)
    if change is not None:
        named(CHANGES, change[0], "conversations")
    if of_samples is not None:
        named(SAMPLE_CHANGES, of_samples[0], "samples")
    if plan.arm.preference is not None and (change is None or change[0] != "preference pairs"):
        raise ConfigError(f'"arms.{plan.name}": preference tuning needs pairs; set conversations: preference pairs')


def run(plan: Plan, watch: Watcher) -> RunStore:
    """Run a plan to the end of its last cycle, or of its last training, copying what other runs of the seed have done."""
    plan.prepare()
    config = plan.config()
    signed = signatures(plan, config)
    store = RunStore(plan.folder)
    # The run's own lock is taken by the loop; what is copied before is copied under that of the seed, see `work`.
    others = chain(plan.seed_folder.glob(f"*/{SIGNED}"), plan.seed_folder.glob(f"*.search/*/{SIGNED}"))
    for taken in take_over(plan.folder, signed, others):
        watch.say(f"{plan.name}, seed {plan.seed}: {taken} is that of another run")
    if not plan.arm.trained:
        config = config.model_copy(update={"cycles": 1})
    with closing(_Adapters(plan, config)) as adapters, closing(stages(config, adapters, watch)) as ended:
        for stage in ended:
            if not _reach_in(plan, store, stage):
                watch.say(f"{plan.name}, seed {plan.seed}: the change leaves nothing to train on in cycle {stage.cycle}; the run ends")
                break
            if _is_last(plan, stage):
                break
    # Where answers were set aside, their verdicts are no longer what others would come to.
    sign(plan.folder, {stage: sha for stage, sha in signed.items() if not (plan.arm.explanations_only and stage.startswith("generate"))})
    return store


def checkpoint_of(plan: Plan, store: RunStore) -> CycleFiles:
    """The files of the checkpoint that the arm is compared by; the base's where nothing was trained."""
    trained = trained_of(store)
    if plan.arm.checkpoint == "final" and store.final.evaluation.exists():
        return store.final
    if plan.arm.checkpoint == "best" and trained:
        from videostar.report.overview import results_of
        from videostar.steps.plateau import best_of

        best = best_of([result for result in results_of(store) if result.name != "final"])
        return store.cycle(best.cycle)
    return trained[-1] if trained else store.cycle(0)


def trained_of(store: RunStore) -> list[CycleFiles]:
    """The cycles that trained and were evaluated, in order."""
    found: list[CycleFiles] = []
    while store.cycle(len(found) + 1).evaluation.exists():
        found.append(store.cycle(len(found) + 1))
    return found


def _is_last(plan: Plan, stage: Stage) -> bool:
    ends = plan.last_cycle
    if plan.arm.checkpoint == "final" and not plan.probe and ends > 0:
        return False
    return stage.name == "evaluate" and stage.cycle == ends


def _reach_in(plan: Plan, store: RunStore, stage: Stage) -> bool:
    """What the arm changes once a stage has ended; False where nothing is left to train on. Doing it again changes nothing."""
    files = store.cycle(stage.cycle)
    if plan.arm.explanations_only and stage.name == "generate":
        write_rows(files.verdicts, _set_aside(files))
    if plan.arm.explanations_only and stage.name == "evaluate" and stage.cycle:
        _ask_nothing(plan, store, stage.cycle + 1)
    change = plan.arm.named(plan.arm.conversations)
    if change is not None and stage.name == "select" and not files.training.exists():
        kept = files.folder / CHANGED_FROM
        if not kept.exists():
            write_rows(kept, read_rows(files.conversations))
        changed = _changed(plan, store, named(CHANGES, change[0], "conversations"), kept)
        write_rows(files.conversations, map(to_json, changed))
        _count_as_kept(files, {one.sample_id for one in changed})
        return bool(changed)
    return True


def _count_as_kept(files: CycleFiles, learned: Collection[str]) -> None:
    """Where no answer was kept and the change needs none, the loop is to go on: what is learned from counts as kept."""
    entry = read_json(files.selection)
    if entry["kept"] == 0 and learned:
        left = entry["in"] - len(learned)
        write_json(files.selection, {**entry, "kept": len(learned), "dropped": {"not learned from": left} if left else {}})


def _changed(plan: Plan, store: RunStore, change: ConversationChange, kept: Path) -> list[Conversation]:
    rows = [conversation_from_json(row) for row in read_rows(kept)]
    samples = [sample_from_json(row, {}) for row in read_rows(store.samples("train"))]
    answers = [answer_from_json(row) for row in read_rows(kept.with_name("answers.jsonl"))]
    return change(rows, samples, answers, plan.seed)


def _set_aside(files: CycleFiles) -> Iterator[dict[str, object]]:
    """Verdicts by which no generated answer counts, so that every question is asked with its label shown."""
    for row in read_rows(files.answers):
        if row["finish"] != "error":
            ids = {key: row[key] for key in ("sample_id", "cycle", "candidate", "route")}
            told = {"outcome": "undecided", "score": 0.0, "extracted": None, "reason": "set aside: this arm learns from explanations alone"}
            yield {**ids, **told, "parts": {}, "span": None}


def _ask_nothing(plan: Plan, store: RunStore, cycle: int) -> None:
    """Where answers are set aside, those of the cycle before stand for them, and nothing is asked for nothing."""
    before, files = store.cycle(cycle - 1), store.cycle(cycle)
    if not plan.arm.explanations_only or cycle < 2 or cycle > plan.last_cycle or files.verdicts.exists():
        return
    write_rows(files.answers, ({**row, "cycle": cycle} for row in read_rows(before.answers)))
    StageLog(files.answers).settle(BatchNote(0.0, 0, 0))


class _Adapters(ConfiguredAdapters):
    """The config's adapters, with another look at videos or another trainer where the arm says so."""

    def __init__(self, plan: Plan, config: Config) -> None:
        super().__init__(config)
        self._plan = plan

    def frames(self) -> FrameStore:
        """Frames by the config's policy, changed on their way out where the arm changes them."""
        look = self._plan.arm.look
        return super().frames() if look == "frames" else ChangedFrames(self._config.frames, LOOKS[look])

    def trainer(self, frames: FrameStore, root: Path) -> Trainer:
        """The config's trainer, or one that tunes on preference pairs."""
        beta = self._plan.arm.preference
        if beta is None:
            return super().trainer(frames, root)
        from videostar.training.finetune import FineTuner

        return self.freeing_memory(FineTuner(self._config, frames, root, beta))
