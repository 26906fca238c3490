"""Every blueprint there is, in the order of the description."""

from flask import Flask

from server.api import (
    about,
    account,
    account_players,
    badges,
    basemap,
    bodies,
    cases,
    closures,
    decks,
    docs,
    guides,
    health,
    journeys,
    leaving,
    me,
    media,
    moves,
    municipalities,
    notice_form,
    notices,
    offers,
    phone,
    places,
    players,
    proposals,
    quests,
    reviews,
    sign_in,
    stages,
    stories,
    tiles,
    today,
    told_stories,
    trails,
    ways_in,
    welcome,
)
from server.api.framework import Api

BLUEPRINTS = (
    players.blueprint,
    me.blueprint,
    sign_in.blueprint,
    sign_in.pages,
    account.blueprint,
    ways_in.blueprint,
    account_players.blueprint,
    leaving.blueprint,
    bodies.blueprint,
    cases.blueprint,
    notices.blueprint,
    notice_form.blueprint,
    trails.blueprint,
    reviews.blueprint,
    proposals.blueprint,
    stories.blueprint,
    told_stories.blueprint,
    told_stories.pictures,
    stages.blueprint,
    journeys.blueprint,
    moves.blueprint,
    media.blueprint,
    media.shown,
    quests.blueprint,
    today.blueprint,
    offers.blueprint,
    badges.blueprint,
    decks.blueprint,
    municipalities.blueprint,
    guides.blueprint,
    guides.pictures,
    closures.blueprint,
    places.blueprint,
    tiles.blueprint,
    basemap.blueprint,
    basemap.files,
    welcome.blueprint,
    about.blueprint,
    docs.blueprint,
    phone.blueprint,
    health.blueprint,
)


def register(app: Flask) -> docs.Description:
    """The routes, and what they say of themselves."""
    return docs.register(app, Api(app, spec_kwargs=docs.SPEC), BLUEPRINTS)


def describe() -> docs.Description:
    """The same without a server around it."""
    return register(Flask("description", static_folder=None))
