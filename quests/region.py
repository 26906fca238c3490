"""Where the game is played: by which clocks, and how a swapped pair of coordinates is told from a far traveller."""

from zoneinfo import ZoneInfo

#: Seasons, hours and days are those of Swedish clocks, whatever the phone says.
SWEDEN = ZoneInfo("Europe/Stockholm")

# Jämtland Härjedalen with a margin of some 20 km, west-south-east-north. [°]
# Source: the municipal boundaries in seed_data/municipalities.geojson.
REGION_BBOX = (11.4, 61.3, 17.9, 65.4)


def looks_swapped(lon: float, lat: float) -> bool:
    """Whether latitude and longitude stand in each other's place.

    True when the pair read the other way round lies in the region. Read as given, such a pair lies in
    the open Arabian Sea, so nobody who plays there is refused.
    """
    west, south, east, north = REGION_BBOX
    return west <= lat <= east and south <= lon <= north
