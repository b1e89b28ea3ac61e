"""Browse: every sample of a run with its video, its answers and what became of them; filters, keys, an address for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr

from videostar.app import pages
from videostar.app.arrival import asked, asked_run, asked_tab
from videostar.app.boundary import attempt
from videostar.app.browse_query import OUTCOMES, Choices, Wanted
from videostar.app.browse_rows import FINAL
from videostar.app.browsing import Browsing, Place, View, wanted_of
from videostar.app.context import Context

ANY = ("any", "")
NO_RUN = "No run is open here. Start the app with one: videostar app RUN."
KEYS = "Keys: right arrow or j, left arrow or k."


class BrowseTab:
    """The tab's blocks and what they do."""

    def __init__(self, context: Context) -> None:
        self._context = context
        names = list(context.runs)
        with gr.Row(elem_id="browse"):
            with gr.Column(scale=2, min_width=300):
                self.run = gr.Dropdown(names, value=names[0] if names else None, label="run", visible=len(names) > 1, elem_id="browse-run")
                self.text = gr.Textbox(
                    label="words", placeholder="in id, question, label or answers", max_length=300, elem_id="browse-text"
                )
                with gr.Accordion("filters", open=False, elem_id="browse-filters"), gr.Row():
                    self.filters = [_filter(name) for name in ("split", "cycle", "answers", "verdict", "what became of it", "source")]
                self.count = gr.HTML(elem_id="browse-count", apply_default_css=False)
                self.list = gr.Radio([], show_label=False, label="samples", elem_id="browse-list", container=False)
                with gr.Row():
                    self.back = gr.Button("previous page", size="sm", elem_id="browse-page-back")
                    self.on = gr.Button("next page", size="sm", elem_id="browse-page-on")
            with gr.Column(scale=3, min_width=320):
                with gr.Row():
                    self.previous = gr.Button("previous", size="sm", elem_id="browse-previous")
                    self.next = gr.Button("next", size="sm", elem_id="browse-next")
                self.item = gr.HTML(elem_id="browse-item", apply_default_css=False)
        self.place = gr.State(Place())

    @property
    def _asked(self) -> list[Any]:
        """What every click sends along: run, place, filters in the order of `Wanted`."""
        return [self.run, self.place, *self.filters, self.text]

    @property
    def _seen(self) -> list[Any]:
        return [self.place, self.count, self.list, self.item]

    def wire(self, page: gr.Blocks, tab: gr.Tab) -> None:
        """Clicks, keys (which click), filters, and the address. What there is to filter by is looked up when the tab is opened."""
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        for button, act in (
            (self.on, lambda at, wanted, place: at.turned(wanted, place, forward=True)),
            (self.back, lambda at, wanted, place: at.turned(wanted, place, forward=False)),
            (self.next, lambda at, wanted, place: at.stepped(wanted, place, forward=True)),
            (self.previous, lambda at, wanted, place: at.stepped(wanted, place, forward=False)),
        ):
            button.click(self._act(act), self._asked, self._seen, **quiet)
        for chosen in self.filters:
            chosen.input(self._act(lambda at, wanted, _: at.first(wanted)), self._asked, self._seen, **quiet)
        gr.on(
            [self.text.submit, self.text.change],
            self._act(lambda at, wanted, _: at.first(wanted)),
            self._asked,
            self._seen,
            trigger_mode="always_last",
            **quiet,
        )
        self.list.input(self._pick, [*self._asked, self.list], self._seen, preprocess=True, **quiet)
        self.run.input(self._enter, [self.run], [*self._seen, *self.filters], **quiet)
        tab.select(self._choices, [self.run], self.filters, **quiet)
        page.load(self._arrive, None, [self.run, *self._seen, *self.filters], **quiet)

    def _act(self, act: Callable[[Browsing, Wanted, Place], View]) -> Callable[..., list[Any]]:
        def done(run: str | None, place: Place, *words: Any) -> list[Any]:
            return self._show(run, lambda at: act(at, wanted_of(words), place))

        return done

    def _pick(self, run: str | None, place: Place, *words: Any) -> list[Any]:
        *filters, number = words
        if not isinstance(number, int) or number not in place.numbers:
            return [gr.skip()] * 4
        return self._show(run, lambda at: at.opened(wanted_of(filters), place, number))

    def _show(self, run: str | None, act: Callable[[Browsing], View]) -> list[Any]:
        if not run:
            return [Place(), "", gr.update(choices=[]), pages.message(NO_RUN)]
        view, trouble = attempt(lambda: act(Browsing(self._context, run)))
        if view is None:
            return [gr.skip(), gr.skip(), gr.skip(), trouble]
        words = pages.html("count.html", words=view.words, keys=KEYS)
        return [view.place, words, gr.update(choices=list(view.lines), value=view.place.at), view.item]

    def _choices(self, run: str | None) -> list[Any]:
        found, _ = attempt(lambda: Browsing(self._context, run).choices()) if run else (None, "")
        return [gr.update(choices=options) for options in _options(found)]

    def _enter(self, run: str | None) -> list[Any]:
        found, _ = attempt(lambda: Browsing(self._context, run).choices()) if run else (None, "")
        return [*self._show(run, lambda at: at.first(Wanted())), *(gr.update(choices=options, value="") for options in _options(found))]

    def _arrive(self, request: gr.Request) -> list[Any]:
        run, sample = asked_run(self._context, request), asked(request, "sample")
        if not (sample and run and asked_tab(self._context, request) == "browse"):
            return [run, *self._enter(run)]
        seen, options = self._show(run, lambda at: at.found(sample)), self._choices(run)
        return [run, *seen, *options]


def _filter(name: str) -> gr.Dropdown:
    return gr.Dropdown([ANY], value="", label=name, min_width=120, elem_id=f"browse-{name.replace(' ', '-')}")


def _options(found: Choices | None) -> list[Sequence[tuple[str, str]]]:
    """What each filter can be set to, as (text, value), in the order of `Wanted`."""
    if found is None:
        return [[ANY]] * 6
    cycles = [("base" if name == "0" else "last training" if name == str(FINAL) else f"cycle {name}", name) for name in found.cycles]
    plain = [[(name or "(none)", name) for name in names] for names in (found.splits, found.routes, OUTCOMES, found.reasons)]
    sources = [(name, name) for name in found.sources if name]
    return [[ANY, *options] for options in (plain[0], cycles, plain[1], plain[2], plain[3], sources)]
