"""How fast the hot paths are, as ratios to a baseline measured in the same run: `python tests/benchmark.py`.

Times drift with the machine, so none of them is a test. The baseline answers a card in SQLAlchemy Core, without log-in,
forms or FSRS: one indexed read, one UPDATE, one INSERT, one transaction, a page of about the same size. Rounds of the
baseline and of the program alternate; what is compared is the processor time of this process, median over rounds.
"""

import argparse
import re
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from flask import Flask, render_template_string
from flask.testing import FlaskClient
from sqlalchemy import func, insert, select, text, update
from support.log_ins import open_session

from quizapp.application import create_app
from quizapp.cli.migrations import upgrade
from quizapp.config import Settings
from quizapp.extensions import csrf, db
from quizapp.models import DayCount, Fact, Memory, Plan, Question, QuestionSet, QuestionVersion, Review, User
from quizapp.models.database import writing
from quizapp.services.progress import overview

CARD = {
    "kind": "flashcard", "key": "card", "prompt": "What was decided on that day?",
    "answer": "To hand power over.", "explanation": "The evening session decided it, under an ultimatum.",
}  # fmt: skip
FLOOR_PAGE = """<!doctype html><title>Card</title>
{% for n in range(40) %}<p>Card {{ n }}: {{ fact }} of {{ left }}, and some words to make a page.</p>
{% endfor %}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=100, help="answers in each round, of as many due and 50")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--memories", type=int, nargs=2, default=(10_000, 500_000), help="of others, in the two sizes")
    parser.add_argument("--writes", type=int, default=5000, help="answers by 16 threads at once")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        small, large = (_filled(Path(directory) / str(size), size) for size in options.memories)
        baseline, ours = _alternate(small, options.answers, options.rounds)
        print(
            f"answer + next: {ours:.2f} ms CPU, baseline {baseline:.2f} ms: {ours / baseline:.2f} × baseline (aim: 2.3)"
        )
        _, again = _alternate(large, options.answers, options.rounds)
        print(f"  {options.memories[1]:,} memories of others, not {options.memories[0]:,}: ×{again / ours:.2f} (1.15)")
        _writers(small, options.writes)
        _calendar(small)


def _filled(directory: Path, others: int) -> Flask:
    """An application whose one set has 2,000 cards; two learners have them all due, other people the other memories."""
    directory.mkdir()
    app = create_app(Settings(data=directory, secret_key="benchmark" * 5))
    csrf.exempt(_baseline(app))
    with app.app_context():
        upgrade()
        session = db.session()
        facts = _add_cards(session, 2000)
        learners = [_add_learner(session, name) for name in ("baseline", "ours")]
        now = app.config["CLOCK"](UTC)
        for learner_id in learners:
            _add_memories(session, learner_id, facts, now)
        for number in range(others // len(facts)):
            _add_memories(session, _add_learner(session, f"other-{number}"), facts, now)
        session.commit()
        session.execute(text("ANALYZE"))
        session.commit()
    return app


def _add_cards(session: Any, count: int) -> list[int]:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    header = {
        "key": "cards",
        "title": "Cards",
        "summary": "Cards.",
        "topics": [{"key": "all", "title": "All", "summary": "All."}],
    }
    header |= {"language": "en", "source": None, "passages": [], "notes": []}
    cards = QuestionSet(key="cards", title="Cards", header=header, names=[], created_at=now)
    session.add(cards)
    session.flush()
    for number in range(count):
        version = QuestionVersion(number=1, body=CARD, created_at=now)
        asked = Question(key=f"card-{number}", position=0, current=1, versions=[version])
        session.add(
            Fact(
                set_id=cards.id, key=f"fact-{number}", position=number, topic="all", statement="Power was handed over.",
                passages=[], notes=[], actors=[], leads_to={}, questions=[asked],
            )
        )  # fmt: skip
    session.flush()
    return list(session.scalars(select(Fact.id).order_by(Fact.id)))


def _add_learner(session: Any, name: str) -> int:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    learner = User(name=name, name_folded=name, password_hash="", created_at=now)
    session.add(learner)
    session.flush()
    open_session(session, learner.id, name)
    set_id = session.scalar(select(QuestionSet.id))
    session.add(Plan(learner_id=learner.id, set_id=set_id, started_at=now, new_per_day=0))
    session.flush()
    return learner.id


def _add_memories(session: Any, learner_id: int, facts: list[int], now: datetime) -> None:
    spread, today = Random(learner_id), now.date()
    session.execute(
        insert(Memory),
        [
            {
                "learner_id": learner_id, "fact_id": fact_id, "version": 1, "state": 2,
                "stability": spread.uniform(8, 80), "difficulty": 5.0,
                "last_day": today - timedelta(days=20), "due_day": today - timedelta(days=1),
                "reps": 3, "lapses": 0, "suspended": False,
            }
            for fact_id in facts
        ],
    )  # fmt: skip


def _baseline(app: Flask) -> Callable[..., str]:
    """The baseline as a view of the application; it shares its engine and nothing else of it."""
    due = (
        select(Memory.__table__.c.fact_id, Memory.__table__.c.version)
        .where(Memory.__table__.c.learner_id == 1, Memory.__table__.c.due_day <= datetime.now(UTC).date())
        .order_by(Memory.__table__.c.due_day)
        .limit(1)
    )

    def baseline() -> str:
        now = datetime.now(UTC)
        with db.engine.begin() as connection:
            fact_id, version = connection.execute(due).one()
            memory = Memory.__table__
            connection.execute(
                update(memory)
                .where(memory.c.learner_id == 1, memory.c.fact_id == fact_id, memory.c.version == version)
                .values(version=version + 1, due_day=now.date() + timedelta(days=9))
            )
            review = {
                "learner_id": 1, "fact_id": fact_id, "version": version + 1, "question_version_id": 1, "at": now,
                "day": now.date(), "response": {}, "verdict": "right", "fraction": 1.0, "rating": 3, "guess": 0.0,
                "before": {}, "overridden": False, "source": "study",
            }  # fmt: skip
            connection.execute(insert(Review.__table__).values(review))
        return render_template_string(FLOOR_PAGE, fact=fact_id, left=version)

    app.add_url_rule("/baseline", view_func=baseline, methods=["POST"])
    return baseline


def _alternate(app: Flask, answers: int, rounds: int) -> tuple[float, float]:
    """Median milliseconds of processor time for one answer and the next question: of the baseline, of the program."""
    times: dict[str, list[float]] = {"baseline": [], "ours": []}
    learner = AnsweringBrowser(app, "ours")
    bare = app.test_client()
    for _ in range(rounds):
        _make_due(app, answers + 50)
        learner.open()
        for name, one in (("baseline", lambda: bare.post("/baseline")), ("ours", learner.answer)):
            began = time.process_time()
            for _ in range(answers):
                one()
            times[name].append((time.process_time() - began) / answers * 1000)
    return statistics.median(times["baseline"]), statistics.median(times["ours"])


def _make_due(app: Flask, count: int) -> None:
    """Let that many of the two learners' 2,000 facts be due today, the others in a month."""
    with app.app_context():
        writing.set(True)
        today = app.config["CLOCK"](UTC).date()
        for due_day, which in ((today, Memory.fact_id <= count), (today + timedelta(days=30), Memory.fact_id > count)):
            db.session.execute(
                update(Memory).where(Memory.learner_id < 3, which).values(due_day=due_day, due_at=None, state=2)
            )
        db.session.commit()


class AnsweringBrowser:
    """A learner's browser that rates one card after the other."""

    def __init__(self, app: Flask, token: str) -> None:
        self.client: FlaskClient = app.test_client()
        with self.client.session_transaction() as cookie:
            cookie["_user_id"] = token
        self.page = ""

    def open(self) -> None:
        self.page = self.client.get("/review").text

    def answer(self) -> None:
        fields = dict(re.findall(r'name="(csrf_token|seen|question)" value="([^"]*)"', self.page))
        action = re.search(r'<form class="answer"[^>]*action="([^"]+)"', self.page)
        assert action, self.page
        response = self.client.post(action[1], data={**fields, "rating": "good"}, headers={"HX-Request": "true"})
        assert response.status_code == 200, response.status
        self.page = response.text


def _writers(app: Flask, writes: int) -> None:
    """Sixteen learners at once: how long one waits at worst, compared with usual."""
    with app.app_context():
        writing.set(True)
        now = app.config["CLOCK"](UTC)
        facts = list(db.session.scalars(select(Fact.id).limit(writes // 16 + 5)))
        for number in range(16):
            _add_memories(db.session(), _add_learner(db.session(), f"writer-{number}"), facts, now)
        db.session.commit()
    waits: list[float] = []
    failed: list[BaseException] = []

    def study(number: int) -> None:
        learner = AnsweringBrowser(app, f"writer-{number}")
        learner.open()
        try:
            for _ in range(writes // 16):
                began = time.perf_counter()
                learner.answer()
                waits.append(time.perf_counter() - began)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=study, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    middle, last = statistics.median(waits), statistics.quantiles(waits, n=100)[-1]
    print(f"{len(waits):,} answers by 16 threads: {len(failed)} failed, p99/p50 {last / middle:.1f} (aim: 0 and 3)")


def _calendar(app: Flask) -> None:
    """The year's calendar from the day counts, against counting 50,000 reviews."""
    with app.app_context():
        writing.set(True)
        session = db.session()
        learner = session.scalars(select(User).where(User.name == "ours")).one()
        today = app.config["CLOCK"](UTC).date()
        values = (
            session.execute(select(Review.__table__).where(Review.learner_id == learner.id).limit(1)).mappings().one()
        )
        rows = [
            {**values, "id": None, "version": 100_000 + n, "day": today - timedelta(days=n % 365), "client_id": None}
            for n in range(50_000)
        ]
        session.execute(insert(Review.__table__), [{k: v for k, v in row.items() if k != "id"} for row in rows])
        session.commit()
        raw = _ms(lambda: session.execute(
            select(Review.day, func.count()).where(Review.learner_id == learner.id).group_by(Review.day)
        ).all())  # fmt: skip
        kept = _ms(
            lambda: session.execute(
                select(DayCount.day, DayCount.answers).where(DayCount.learner_id == learner.id)
            ).all()
        )
        page = _ms(lambda: overview.read_report(session, learner, now=app.config["CLOCK"](UTC)))
    print(
        f"calendar: {kept:.2f} ms from day counts, {raw:.1f} ms from reviews: 1/{raw / kept:.0f} (aim: 1/40);"
        f" the whole report {page:.0f} ms"
    )


def _ms(do: Callable[[], object]) -> float:
    times = []
    for _ in range(9):
        began = time.perf_counter()
        do()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


if __name__ == "__main__":
    main()
