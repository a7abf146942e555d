"""Who gets what on the pages about sets, classes and assignments: one row a route.

An owner has a private set and lets an author write in it. A teacher, who wrote nothing in it, teaches a class in which
a student is, began a list of students, and assigned a quiz on that set, of which the student has an attempt that is
running; a teacher made the student's account. The outsider has an account as a teacher and nothing to do with any of
it; the guest has none.
"""

import re

PEOPLE = ("nobody", "guest", "outsider", "student", "teacher", "author", "owner")

LOG_IN = "log in"  # a redirect to the log-in page
START = "start"  # a redirect to the page that offers to start without an account
SIGN_UP = "sign up"  # a redirect to the page where a guest becomes an account

# What nobody in particular, the guest, the outsider, the student, the teacher, the author and the owner get.
TABLE: dict[str, tuple[int | str, ...]] = {
    # The page of a set, its facts and its names
    "GET /sets/<int:set_id>": (404, 404, 404, 404, 303, 200, 200),
    "POST /sets/<int:set_id>/bulk": (LOG_IN, SIGN_UP, 404, 404, 404, 303, 303),
    "POST /sets/<int:set_id>/bulk/undo": (LOG_IN, SIGN_UP, 404, 404, 404, 303, 303),
    "GET /sets/<int:set_id>/quick": (LOG_IN, SIGN_UP, 404, 404, 404, 200, 200),
    "POST /sets/<int:set_id>/quick": (LOG_IN, SIGN_UP, 404, 404, 404, 422, 422),
    "GET /sets/<int:set_id>/facts/<int:fact_id>": (LOG_IN, SIGN_UP, 404, 404, 404, 200, 200),
    "POST /sets/<int:set_id>/facts/<int:fact_id>": (LOG_IN, SIGN_UP, 404, 404, 404, 422, 422),
    "GET /sets/<int:set_id>/facts/<int:fact_id>/effects": (LOG_IN, SIGN_UP, 404, 404, 404, 200, 200),
    "POST /sets/<int:set_id>/facts/<int:fact_id>/move": (LOG_IN, SIGN_UP, 404, 404, 404, 303, 303),
    "POST /sets/<int:set_id>/facts/<int:fact_id>/duplicate": (LOG_IN, SIGN_UP, 404, 404, 404, 303, 303),
    "POST /sets/<int:set_id>/facts/<int:fact_id>/reset": (LOG_IN, SIGN_UP, 404, 404, 404, 422, 422),
    "GET /sets/<int:set_id>/facts/<int:fact_id>/history": (LOG_IN, SIGN_UP, 404, 404, 404, 200, 200),
    "POST /sets/<int:set_id>/facts/<int:fact_id>/history/<int:number>": (LOG_IN, SIGN_UP, 404, 404, 404, 404, 404),
    "POST /sets/<int:set_id>/facts/<int:fact_id>/questions/<int:question_id>/move": (
        LOG_IN,
        SIGN_UP,
        404,
        404,
        404,
        303,
        303,
    ),
    "GET /sets/<int:set_id>/overrides": (LOG_IN, SIGN_UP, 404, 404, 404, 200, 200),
    "GET /sets/<int:set_id>/names": (LOG_IN, SIGN_UP, 404, 404, 404, 200, 200),
    "POST /sets/<int:set_id>/names": (LOG_IN, SIGN_UP, 404, 404, 404, 422, 422),
    "GET /sets/<int:set_id>/names/<name_key>": (LOG_IN, SIGN_UP, 404, 404, 404, 200, 200),
    "POST /sets/<int:set_id>/names/<name_key>": (LOG_IN, SIGN_UP, 404, 404, 404, 422, 422),
    "POST /sets/<int:set_id>/names/<name_key>/remove": (LOG_IN, SIGN_UP, 404, 404, 404, 303, 404),
    # A picture is shown to whoever knows its address
    "GET /pictures/<digest>": (200, 200, 200, 200, 200, 200, 200),
    # Sets
    "GET /sets": (303, 200, 200, 200, 200, 200, 200),
    "GET /sets/public": (200, 200, 200, 200, 200, 200, 200),
    "POST /sets/<int:set_id>/folder": (LOG_IN, SIGN_UP, 404, 404, 303, 303, 303),
    "POST /sets/folders": (LOG_IN, SIGN_UP, 303, 303, 303, 303, 303),
    "GET /sets/new": (LOG_IN, SIGN_UP, 200, 200, 200, 200, 200),
    "POST /sets/new": (LOG_IN, SIGN_UP, 422, 422, 422, 422, 422),
    "POST /sets/duplicate": (LOG_IN, SIGN_UP, 404, 404, 404, 404, 404),
    "GET /sets/<int:set_id>/settings": (LOG_IN, SIGN_UP, 404, 404, 404, 200, 200),
    "POST /sets/<int:set_id>/settings": (LOG_IN, SIGN_UP, 404, 404, 404, 422, 422),
    "GET /sets/<int:set_id>/passages": (LOG_IN, SIGN_UP, 404, 404, 404, 200, 200),
    "POST /sets/<int:set_id>/passages": (LOG_IN, SIGN_UP, 404, 404, 404, 422, 422),
    "GET /sets/<int:set_id>/passages/<int:number>": (LOG_IN, SIGN_UP, 404, 404, 404, 200, 200),
    "POST /sets/<int:set_id>/passages/<int:number>": (LOG_IN, SIGN_UP, 404, 404, 404, 422, 422),
    "POST /sets/<int:set_id>/passages/<int:number>/remove": (LOG_IN, SIGN_UP, 404, 404, 404, 303, 303),
    "GET /sets/<int:set_id>/sharing": (LOG_IN, SIGN_UP, 404, 404, 404, 200, 200),
    "POST /sets/<int:set_id>/visibility": (LOG_IN, SIGN_UP, 404, 404, 404, 404, 303),
    "POST /sets/<int:set_id>/authors": (LOG_IN, SIGN_UP, 404, 404, 404, 404, 422),
    "POST /sets/<int:set_id>/authors/<int:user_id>/remove": (LOG_IN, SIGN_UP, 404, 404, 404, 404, 404),
    "GET /sets/<int:set_id>/authors/<int:user_id>/hand-over": (LOG_IN, SIGN_UP, 404, 404, 404, 404, 404),
    "POST /sets/<int:set_id>/authors/<int:user_id>/hand-over": (LOG_IN, SIGN_UP, 404, 404, 404, 404, 404),
    "POST /sets/<int:set_id>/leave": (LOG_IN, SIGN_UP, 404, 404, 404, 303, 404),
    "GET /sets/<int:set_id>/updates": (LOG_IN, SIGN_UP, 404, 404, 404, 200, 200),
    "POST /sets/<int:set_id>/updates": (LOG_IN, SIGN_UP, 404, 404, 404, 404, 404),
    "POST /sets/<int:set_id>/archive": (LOG_IN, SIGN_UP, 404, 404, 404, 404, 303),
    "POST /sets/<int:set_id>/restore": (LOG_IN, SIGN_UP, 404, 404, 404, 404, 303),
    "GET /sets/<int:set_id>/log": (LOG_IN, SIGN_UP, 404, 404, 404, 200, 200),
    # The editor
    "GET /sets/<int:set_id>/new": (LOG_IN, SIGN_UP, 404, 404, 404, 200, 200),
    "GET /sets/<int:set_id>/new/<kind>": (LOG_IN, SIGN_UP, 404, 404, 404, 200, 200),
    "POST /sets/<int:set_id>/new/<kind>": (LOG_IN, SIGN_UP, 404, 404, 404, 422, 422),
    "GET /sets/<int:set_id>/questions/<int:question_id>": (LOG_IN, SIGN_UP, 404, 404, 404, 200, 200),
    "POST /sets/<int:set_id>/questions/<int:question_id>": (LOG_IN, SIGN_UP, 404, 404, 404, 422, 422),
    "POST /sets/<int:set_id>/preview/<kind>": (LOG_IN, SIGN_UP, 404, 404, 404, 200, 200),
    "POST /sets/<int:set_id>/try/<kind>": (LOG_IN, SIGN_UP, 404, 404, 404, 200, 200),
    "POST /sets/<int:set_id>/draft": (LOG_IN, SIGN_UP, 404, 404, 404, 404, 404),
    "GET /sets/<int:set_id>/drafts": (LOG_IN, SIGN_UP, 404, 404, 404, 200, 200),
    "POST /sets/<int:set_id>/drafts/discard": (LOG_IN, SIGN_UP, 404, 404, 404, 404, 404),
    "POST /sets/<int:set_id>/questions/<int:question_id>/archive": (LOG_IN, SIGN_UP, 404, 404, 404, 303, 303),
    "POST /sets/<int:set_id>/questions/<int:question_id>/restore": (LOG_IN, SIGN_UP, 404, 404, 404, 303, 303),
    "POST /sets/<int:set_id>/questions/<int:question_id>/duplicate": (LOG_IN, SIGN_UP, 404, 404, 404, 303, 303),
    "POST /sets/<int:set_id>/questions/<int:question_id>/move": (LOG_IN, SIGN_UP, 404, 404, 404, 303, 303),
    "GET /sets/<int:set_id>/questions/<int:question_id>/history": (LOG_IN, SIGN_UP, 404, 404, 404, 200, 200),
    "POST /sets/<int:set_id>/questions/<int:question_id>/history/<int:number>": (
        LOG_IN,
        SIGN_UP,
        404,
        404,
        404,
        303,
        303,
    ),
    "GET /sets/<int:set_id>/reports": (LOG_IN, SIGN_UP, 404, 404, 404, 200, 200),
    "POST /sets/<int:set_id>/reports/<int:report_id>": (LOG_IN, SIGN_UP, 404, 404, 404, 400, 400),
    # Classes
    "GET /classes": (LOG_IN, SIGN_UP, 200, 200, 200, 200, 200),
    "GET /classes/new": (LOG_IN, SIGN_UP, 200, 200, 200, 200, 200),
    "POST /classes/new": (LOG_IN, SIGN_UP, 422, 422, 422, 422, 422),
    "GET /classes/<int:class_id>": (LOG_IN, SIGN_UP, 404, 200, 200, 404, 404),
    "POST /classes/<int:class_id>/leave": (LOG_IN, SIGN_UP, 404, 303, 303, 404, 404),
    "GET /classes/<int:class_id>/settings": (LOG_IN, SIGN_UP, 404, 404, 200, 404, 404),
    "POST /classes/<int:class_id>/settings": (LOG_IN, SIGN_UP, 404, 404, 422, 404, 404),
    "POST /classes/<int:class_id>/code": (LOG_IN, SIGN_UP, 404, 404, 303, 404, 404),
    "POST /classes/<int:class_id>/close": (LOG_IN, SIGN_UP, 404, 404, 303, 404, 404),
    "POST /classes/<int:class_id>/archive": (LOG_IN, SIGN_UP, 404, 404, 303, 404, 404),
    "POST /classes/<int:class_id>/restore": (LOG_IN, SIGN_UP, 404, 404, 303, 404, 404),
    "GET /classes/<int:class_id>/log": (LOG_IN, SIGN_UP, 404, 404, 200, 404, 404),
    "GET /classes/<int:class_id>/teachers": (LOG_IN, SIGN_UP, 404, 404, 200, 404, 404),
    "POST /classes/<int:class_id>/teachers": (LOG_IN, SIGN_UP, 404, 404, 422, 404, 404),
    "POST /classes/<int:class_id>/teachers/<int:user_id>/end": (LOG_IN, SIGN_UP, 404, 404, 404, 404, 404),
    "GET /classes/<int:class_id>/students/<int:user_id>": (LOG_IN, SIGN_UP, 404, 404, 200, 404, 404),
    "POST /classes/<int:class_id>/students/<int:user_id>": (LOG_IN, SIGN_UP, 404, 404, 422, 404, 404),
    "POST /classes/<int:class_id>/students/<int:user_id>/remove": (LOG_IN, SIGN_UP, 404, 404, 303, 404, 404),
    "POST /classes/<int:class_id>/students/<int:user_id>/ban": (LOG_IN, SIGN_UP, 404, 404, 303, 404, 404),
    "POST /classes/<int:class_id>/students/<int:user_id>/restore": (LOG_IN, SIGN_UP, 404, 404, 303, 404, 404),
    "GET /classes/<int:class_id>/students/<int:user_id>/password": (LOG_IN, SIGN_UP, 404, 404, 200, 404, 404),
    "POST /classes/<int:class_id>/students/<int:user_id>/password": (LOG_IN, SIGN_UP, 404, 404, 303, 404, 404),
    "POST /classes/<int:class_id>/passwords": (LOG_IN, SIGN_UP, 404, 404, 303, 404, 404),
    "GET /classes/<int:class_id>/add": (LOG_IN, SIGN_UP, 404, 404, 200, 404, 404),
    "POST /classes/<int:class_id>/add": (LOG_IN, SIGN_UP, 404, 404, 422, 404, 404),
    "GET /classes/<int:class_id>/lists/<int:list_id>": (LOG_IN, SIGN_UP, 404, 404, 200, 404, 404),
    "POST /classes/<int:class_id>/lists/<int:list_id>": (LOG_IN, SIGN_UP, 404, 404, 303, 404, 404),
    "POST /classes/<int:class_id>/lists/<int:list_id>/stop": (LOG_IN, SIGN_UP, 404, 404, 303, 404, 404),
    "POST /classes/<int:class_id>/lists/<int:list_id>/delete": (LOG_IN, SIGN_UP, 404, 404, 303, 404, 404),
    "POST /classes/<int:class_id>/lists/<int:list_id>/again": (LOG_IN, SIGN_UP, 404, 404, 303, 404, 404),
    "GET /join": (200, 200, 200, 200, 200, 200, 200),
    "POST /join": (422, 422, 422, 422, 422, 422, 422),
    "GET /join/<code>": (200, 200, 200, 303, 303, 200, 200),
    "POST /join/<code>": (SIGN_UP, SIGN_UP, 303, 303, 303, 303, 303),
    # Imports and exports
    "GET /sets/import": (LOG_IN, SIGN_UP, 200, 200, 200, 200, 200),
    "POST /sets/import": (LOG_IN, SIGN_UP, 422, 422, 422, 422, 422),
    "POST /sets/import/preview": (LOG_IN, SIGN_UP, 400, 400, 400, 400, 400),
    "POST /sets/import/take": (LOG_IN, SIGN_UP, 400, 400, 400, 400, 400),
    "GET /sets/<int:set_id>/import": (LOG_IN, SIGN_UP, 404, 404, 404, 200, 200),
    "POST /sets/<int:set_id>/import": (LOG_IN, SIGN_UP, 404, 404, 404, 422, 422),
    "POST /sets/<int:set_id>/import/preview": (LOG_IN, SIGN_UP, 404, 404, 404, 400, 400),
    "POST /sets/<int:set_id>/import/take": (LOG_IN, SIGN_UP, 404, 404, 404, 400, 400),
    "GET /sets/<int:set_id>/export": (404, 404, 404, 404, 200, 200, 200),
    "GET /sets/<int:set_id>/export/<format>": (404, 404, 404, 404, 200, 200, 200),
    "POST /sets/<int:set_id>/export/<format>": (LOG_IN, SIGN_UP, 404, 404, 303, 303, 303),
    # Reports
    "GET /classes/<int:class_id>/report": (LOG_IN, SIGN_UP, 404, 404, 200, 404, 404),
    "GET /classes/<int:class_id>/students/<int:user_id>/report": (LOG_IN, SIGN_UP, 404, 404, 200, 404, 404),
    "GET /classes/<int:class_id>/map": (LOG_IN, SIGN_UP, 404, 404, 200, 404, 404),
    "POST /classes/<int:class_id>/map/assign": (LOG_IN, SIGN_UP, 404, 404, 404, 404, 404),
    "GET /classes/<int:class_id>/gradebook": (LOG_IN, SIGN_UP, 404, 404, 200, 404, 404),
    "GET /classes/<int:class_id>/sets/<int:set_id>/analysis": (LOG_IN, SIGN_UP, 404, 404, 200, 404, 404),
    "GET /assignments/<int:assignment_id>/results": (LOG_IN, SIGN_UP, 404, 404, 200, 404, 404),
    "GET /assignments/<int:assignment_id>/results/<int:user_id>": (LOG_IN, SIGN_UP, 404, 404, 200, 404, 404),
    # The attempt is running, so it cannot be marked yet
    "POST /assignments/<int:assignment_id>/results/<int:user_id>/<assigned attempt>/<int:position>": (
        LOG_IN,
        SIGN_UP,
        404,
        404,
        404,
        404,
        404,
    ),
    "GET /assignments/<int:assignment_id>/analysis": (LOG_IN, SIGN_UP, 404, 404, 200, 404, 404),
    # Assignments
    "GET /classes/<int:class_id>/assignments": (LOG_IN, SIGN_UP, 404, 200, 200, 404, 404),
    "GET /classes/<int:class_id>/assignments/new": (LOG_IN, SIGN_UP, 404, 404, 200, 404, 404),
    "POST /classes/<int:class_id>/assignments/new": (LOG_IN, SIGN_UP, 404, 404, 200, 404, 404),
    "GET /assignments/<int:assignment_id>": (LOG_IN, SIGN_UP, 404, 200, 200, 404, 404),
    "GET /assignments/<int:assignment_id>/edit": (LOG_IN, SIGN_UP, 404, 404, 200, 404, 404),
    "POST /assignments/<int:assignment_id>/edit": (LOG_IN, SIGN_UP, 404, 404, 422, 404, 404),
    "POST /assignments/<int:assignment_id>/archive": (LOG_IN, SIGN_UP, 404, 404, 303, 404, 404),
    "POST /assignments/<int:assignment_id>/restore": (LOG_IN, SIGN_UP, 404, 404, 303, 404, 404),
    "GET /assignments/<int:assignment_id>/duplicate": (LOG_IN, SIGN_UP, 404, 404, 200, 404, 404),
    "POST /assignments/<int:assignment_id>/duplicate": (LOG_IN, SIGN_UP, 404, 404, 422, 404, 404),
    "GET /assignments/<int:assignment_id>/extensions/<int:user_id>": (LOG_IN, SIGN_UP, 404, 404, 200, 404, 404),
    "POST /assignments/<int:assignment_id>/extensions/<int:user_id>": (LOG_IN, SIGN_UP, 404, 404, 303, 404, 404),
    "GET /assignments/<int:assignment_id>/regrade": (LOG_IN, SIGN_UP, 404, 404, 200, 404, 404),
    "POST /assignments/<int:assignment_id>/regrade": (LOG_IN, SIGN_UP, 404, 404, 303, 404, 404),
    "POST /assignments/<int:assignment_id>/begin": (LOG_IN, SIGN_UP, 404, 303, 404, 404, 404),
    "POST /assignments/<int:assignment_id>/preview": (LOG_IN, SIGN_UP, 404, 404, 303, 404, 404),
    # Attempts at an assigned quiz, and previews of it
    "GET /attempts/<assigned attempt>": (LOG_IN, 404, 404, 303, 404, 404, 404),
    "GET /attempts/<assigned attempt>/<int:position>": (LOG_IN, 404, 404, 200, 404, 404, 404),
    "POST /attempts/<assigned attempt>/<int:position>": (LOG_IN, 404, 404, 303, 404, 404, 404),
    "POST /attempts/<assigned attempt>/<int:position>/hint": (LOG_IN, 404, 404, 404, 404, 404, 404),
    "POST /attempts/<assigned attempt>/<int:position>/mark": (LOG_IN, 404, 404, 404, 404, 404, 404),
    "POST /attempts/<assigned attempt>/<int:position>/override": (LOG_IN, 404, 404, 404, 404, 404, 404),
    "GET /attempts/<assigned attempt>/hand-in": (LOG_IN, 404, 404, 200, 404, 404, 404),
    "POST /attempts/<assigned attempt>/hand-in": (LOG_IN, 404, 404, 303, 404, 404, 404),
    "GET /attempts/<assigned attempt>/result": (LOG_IN, 404, 404, 303, 404, 404, 404),
    "POST /attempts/<assigned attempt>/review": (LOG_IN, 404, 404, 404, 404, 404, 404),
    "POST /attempts/<assigned attempt>/record": (LOG_IN, 404, 404, 404, 404, 404, 404),
    "POST /attempts/<assigned attempt>/discard": (LOG_IN, 404, 404, 404, 404, 404, 404),
    "GET /attempts/<preview>": (LOG_IN, 404, 404, 404, 303, 404, 404),
    "GET /attempts/<preview>/<int:position>": (LOG_IN, 404, 404, 404, 200, 404, 404),
    "POST /attempts/<preview>/<int:position>": (LOG_IN, 404, 404, 404, 303, 404, 404),
    "POST /attempts/<preview>/<int:position>/hint": (LOG_IN, 404, 404, 404, 404, 404, 404),
    "POST /attempts/<preview>/<int:position>/mark": (LOG_IN, 404, 404, 404, 404, 404, 404),
    "POST /attempts/<preview>/<int:position>/override": (LOG_IN, 404, 404, 404, 404, 404, 404),
    "GET /attempts/<preview>/hand-in": (LOG_IN, 404, 404, 404, 200, 404, 404),
    "POST /attempts/<preview>/hand-in": (LOG_IN, 404, 404, 404, 303, 404, 404),
    "GET /attempts/<preview>/result": (LOG_IN, 404, 404, 404, 303, 404, 404),
    "POST /attempts/<preview>/review": (LOG_IN, 404, 404, 404, 404, 404, 404),
    "POST /attempts/<preview>/record": (LOG_IN, 404, 404, 404, 404, 404, 404),
    "POST /attempts/<preview>/discard": (LOG_IN, 404, 404, 404, 303, 404, 404),
}


def rule_of(route: str) -> str:
    """Return the rule of a row's route: attempts have the same pages whatever their purpose, and a row for each."""
    return re.sub("<(quiz attempt|practice|assigned attempt|preview)>", "<int:attempt_id>", route)


def tried_together(table: dict[str, tuple[int | str, ...]]) -> list[list[str]]:
    """Return the routes in lists that are tried on the same data: a dozen of those that change nothing, or one."""
    refused = {404, LOG_IN, SIGN_UP}
    harmless = [route for route, row in table.items() if route.startswith("GET") or refused.issuperset(row)]
    together = [harmless[start : start + 12] for start in range(0, len(harmless), 12)]
    return [*together, *([route] for route in table if route not in harmless)]
