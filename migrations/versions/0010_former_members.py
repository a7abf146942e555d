"""End what was left open for people who are no longer in a class: running attempts, and plans for its private sets."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

HAND_IN = """
UPDATE attempt SET
    finished_at = (
        SELECT CASE WHEN attempt.deadline < enrolment.ended_at THEN attempt.deadline ELSE enrolment.ended_at END
        FROM enrolment JOIN assignment ON assignment.class_id = enrolment.class_id
        WHERE assignment.id = attempt.assignment_id AND enrolment.user_id = attempt.learner_id
    ),
    marks = (SELECT coalesce(sum(fraction), 0.0) FROM response WHERE response.attempt_id = attempt.id),
    unmarked = (SELECT count(*) FROM response WHERE response.attempt_id = attempt.id AND verdict = 'unmarked')
WHERE finished_at IS NULL AND EXISTS (
    SELECT 1 FROM enrolment JOIN assignment ON assignment.class_id = enrolment.class_id
    WHERE assignment.id = attempt.assignment_id AND enrolment.user_id = attempt.learner_id
    AND enrolment.status <> 'active' AND enrolment.ended_at IS NOT NULL
)
"""

END_PLANS = """
DELETE FROM plan
WHERE EXISTS (
    SELECT 1 FROM enrolment
    JOIN assignment ON assignment.class_id = enrolment.class_id
    JOIN question_set ON question_set.id = assignment.set_id
    WHERE enrolment.user_id = plan.learner_id AND enrolment.status <> 'active' AND assignment.set_id = plan.set_id
    AND question_set.visibility = 'private'
    AND (question_set.owner_id IS NULL OR question_set.owner_id <> plan.learner_id)
)
AND NOT EXISTS (
    SELECT 1 FROM set_author WHERE set_author.set_id = plan.set_id AND set_author.user_id = plan.learner_id
)
AND NOT EXISTS (
    SELECT 1 FROM enrolment JOIN assignment ON assignment.class_id = enrolment.class_id
    WHERE enrolment.user_id = plan.learner_id AND enrolment.status = 'active' AND assignment.set_id = plan.set_id
    AND assignment.archived_at IS NULL AND (assignment.kind = 'study' OR enrolment.role = 'teacher')
)
"""


def upgrade() -> None:
    op.execute(HAND_IN)
    op.execute(END_PLANS)


def downgrade() -> None:
    """Nothing to undo: an older version reads the same tables."""
