"""Whatever a route reads can say in words how it is written."""

from flask import Flask

from quests.reasons import patterns_in
from server.api import routes


def test_every_pattern_of_every_form_has_words() -> None:
    app = Flask(__name__, static_folder=None)
    routes.register(app)
    operations = [
        view._apidoc["operation"] for view in app.view_functions.values() if hasattr(view, "_apidoc")
    ]
    forms = {read.form for operation in operations for read in operation.reads}
    patterns = [(form.__name__, *found) for form in forms for found in patterns_in(form)]

    assert len(patterns) > 20
    assert [one for one in patterns if not one[2]] == []
