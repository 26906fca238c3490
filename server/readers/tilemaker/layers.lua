-- What of OpenStreetMap is on the base map, in which layer, from which zoom on. docs/map.md lists layers and fields.
-- Calm: what nobody needs on foot is left out. Measured with tilemaker 2.2; its version 3 hands no object to these
-- functions and has global ones instead, which `ask` knows too.

local function ask(object, name, ...)
  if object then return object[name](object, ...) end
  return _G[name](...)
end

local function set(list)
  local found = {}
  for _, one in ipairs(list) do found[one] = true end
  return found
end

local function begin(object, layer, is_area, zoom)
  ask(object, "Layer", layer, is_area)
  ask(object, "MinZoom", zoom)
end

local function begin_point(object, is_way, layer, zoom)
  if is_way then ask(object, "LayerAsCentroid", layer) else ask(object, "Layer", layer, false) end
  ask(object, "MinZoom", zoom)
end

local function copy(object, key, field)
  local value = ask(object, "Find", key)
  if value ~= "" then ask(object, "Attribute", field or key, value) end
end

local function say_names(object)
  copy(object, "name")
  copy(object, "name:sv")
  copy(object, "name:sma")
end

local function say_class(object, class)
  ask(object, "Attribute", "class", class)
end

local function say_number(object, key, field)
  local value = tonumber((string.gsub(ask(object, "Find", key), ",", ".")))
  if value then ask(object, "AttributeNumeric", field or key, value) end
end

-- ------------------------------------------------------------------ points

local place_zooms = {
  city = 5, town = 6, village = 9, suburb = 11, hamlet = 11, quarter = 12, neighbourhood = 12,
  isolated_dwelling = 13, farm = 13, locality = 13, island = 12, islet = 14,
}

-- {key, value} -> class; the first that fits. What somebody on foot looks for or finds their way by.
local poi_classes = {
  {"highway", "bus_stop", "bus_stop", 13}, {"amenity", "bus_station", "bus_station", 12},
  {"railway", "station", "station", 12}, {"railway", "halt", "station", 12},
  {"amenity", "ferry_terminal", "ferry", 12},
  {"tourism", "alpine_hut", "hut", 12}, {"tourism", "wilderness_hut", "hut", 12},
  {"amenity", "shelter", "shelter", 12}, {"amenity", "toilets", "toilets", 13},
  {"amenity", "drinking_water", "drinking_water", 13}, {"natural", "spring", "spring", 14},
  {"leisure", "firepit", "fireplace", 13}, {"amenity", "bbq", "fireplace", 13},
  {"tourism", "picnic_site", "picnic", 13}, {"leisure", "picnic_table", "picnic", 14},
  {"tourism", "viewpoint", "viewpoint", 13}, {"waterway", "waterfall", "waterfall", 12},
  {"tourism", "information", "information", 13}, {"amenity", "parking", "parking", 13},
  {"leisure", "bathing_place", "bathing", 13}, {"leisure", "swimming_area", "bathing", 13},
  {"natural", "beach", "bathing", 13}, {"leisure", "slipway", "slipway", 14},
  {"amenity", "library", "library", 13}, {"amenity", "townhall", "townhall", 13},
  {"amenity", "place_of_worship", "worship", 13}, {"amenity", "school", "school", 13},
  {"amenity", "kindergarten", "school", 14}, {"amenity", "community_centre", "community", 13},
  {"tourism", "museum", "museum", 13}, {"leisure", "playground", "playground", 14},
  {"leisure", "sports_centre", "sports", 13}, {"leisure", "pitch", "sports", 14},
  {"amenity", "hospital", "hospital", 12}, {"amenity", "clinic", "hospital", 13},
  {"amenity", "pharmacy", "pharmacy", 13}, {"shop", "supermarket", "shop", 13},
  {"shop", "convenience", "shop", 13}, {"amenity", "cafe", "cafe", 14},
  {"tourism", "camp_site", "camp_site", 13}, {"historic", "archaeological_site", "heritage", 14},
  {"historic", "ruins", "heritage", 14}, {"historic", "memorial", "memorial", 14},
  {"man_made", "tower", "tower", 14}, {"highway", "trailhead", "trailhead", 13},
}

local function write_poi(object, is_way)
  for _, one in ipairs(poi_classes) do
    if ask(object, "Find", one[1]) == one[2] then
      if one[3] == "parking" then -- not somebody's own, and not every row of a large one
        local access = ask(object, "Find", "access")
        if access == "private" or access == "no" or access == "customers" then return end
      end
      begin_point(object, is_way, "poi", one[4])
      say_class(object, one[3])
      say_names(object)
      copy(object, "wheelchair")
      return
    end
  end
end

node_keys = {
  "place", "natural", "highway", "amenity", "railway", "tourism", "leisure", "waterway", "shop", "historic", "man_made",
}

function node_function(node)
  local place, natural = ask(node, "Find", "place"), ask(node, "Find", "natural")
  if place_zooms[place] and ask(node, "Find", "name") ~= "" then
    begin_point(node, false, "place", place_zooms[place])
    say_class(node, place)
    say_names(node)
    say_number(node, "population")
  end
  if natural == "peak" or natural == "saddle" or natural == "volcano" then
    local height = tonumber(ask(node, "Find", "ele")) or 0
    local zoom = 12
    if height >= 1000 then zoom = 10 elseif height >= 600 then zoom = 11 end
    begin_point(node, false, "peak", zoom)
    if natural == "saddle" then say_class(node, "saddle") else say_class(node, "peak") end
    say_names(node)
    say_number(node, "ele", "ele_m")
  elseif natural == "bay" or natural == "cape" then
    if ask(node, "Find", "name") ~= "" then
      begin_point(node, false, "place", 13)
      say_class(node, natural)
      say_names(node)
    end
  end
  write_poi(node, false)
end

-- ------------------------------------------------------------------ lines and areas

-- From which size on an area is drawn at a zoom: about four hundredths of a square centimetre of a screen. [m²]
local area_zooms = {
  {5, 4e7}, {6, 1e7}, {7, 4e6}, {8, 1e6}, {9, 4e5}, {10, 1e5}, {11, 3e4}, {12, 8e3}, {13, 1e3},
}

local function zoom_of_area(object, first)
  local area = ask(object, "Area")
  for _, one in ipairs(area_zooms) do
    if one[1] >= first and area >= one[2] then return one[1] end
  end
  return 14
end

local landcover_classes = {
  natural = {
    wood = "forest", wetland = "bog", grassland = "meadow", glacier = "glacier",
    heath = "fell", fell = "fell", bare_rock = "fell", scree = "fell", tundra = "fell",
  },
  landuse = {
    forest = "forest", meadow = "meadow", farmland = "farmland", residential = "residential", grass = "meadow",
  },
}

local road_classes = {
  motorway = {"motorway", 5}, trunk = {"trunk", 5}, primary = {"primary", 6}, secondary = {"secondary", 8},
  tertiary = {"tertiary", 9}, unclassified = {"minor", 11}, residential = {"minor", 12}, living_street = {"minor", 12},
  road = {"minor", 12}, service = {"service", 13}, track = {"track", 12},
  motorway_link = {"motorway", 11}, trunk_link = {"trunk", 11}, primary_link = {"primary", 11},
  secondary_link = {"secondary", 11}, tertiary_link = {"tertiary", 11},
}

local path_classes = {
  path = {"path", 12}, footway = {"footway", 13}, pedestrian = {"pedestrian", 13}, steps = {"steps", 14},
  cycleway = {"cycleway", 12}, bridleway = {"path", 12},
}

local paved = set { "paved", "asphalt", "concrete", "paving_stones", "sett", "cobblestone", "chipseal", "metal", "wood" }

local function say_way(object)
  say_names(object)
  local surface = ask(object, "Find", "surface")
  if surface ~= "" then
    ask(object, "Attribute", "surface", paved[surface] and "paved" or "unpaved")
  end
  if ask(object, "Find", "lit") == "yes" then ask(object, "AttributeBoolean", "lit", true) end
  local bridge, tunnel = ask(object, "Find", "bridge"), ask(object, "Find", "tunnel")
  if bridge ~= "" and bridge ~= "no" then ask(object, "AttributeBoolean", "bridge", true) end
  if tunnel ~= "" and tunnel ~= "no" then ask(object, "AttributeBoolean", "tunnel", true) end
end

-- Marked trails and administrative borders are relations of ways.
function relation_scan_function(relation)
  local kind, route = ask(relation, "Find", "type"), ask(relation, "Find", "route")
  if kind == "boundary" and ask(relation, "Find", "boundary") == "administrative" then
    ask(relation, "Accept")
  elseif kind == "route" and (route == "hiking" or route == "foot") then
    ask(relation, "Accept")
  end
end

-- The lowest level of the borders that it is part of, and the name of a marked trail along it.
local function look_at_relations(way)
  local level, on_trail, trail = 99, false, ""
  while true do
    local relation = ask(way, "NextRelation")
    if not relation then break end
    if ask(way, "FindInRelation", "boundary") == "administrative" then
      level = math.min(level, tonumber(ask(way, "FindInRelation", "admin_level")) or 99)
    else
      on_trail = true
      if trail == "" then trail = ask(way, "FindInRelation", "name") end
    end
  end
  if ask(way, "Find", "boundary") == "administrative" then
    level = math.min(level, tonumber(ask(way, "Find", "admin_level")) or 99)
  end
  return level, on_trail, trail
end

local function is_water(way)
  return ask(way, "Find", "natural") == "water" or ask(way, "Find", "landuse") == "reservoir"
    or ask(way, "Find", "waterway") == "riverbank"
end

local function water_class(way)
  local water = ask(way, "Find", "water")
  if water == "river" or water == "stream" or water == "canal" or ask(way, "Find", "waterway") == "riverbank" then
    return "river"
  end
  return water == "pond" and "pond" or "lake"
end

local function write_area(way)
  if is_water(way) then
    local zoom = zoom_of_area(way, 5)
    begin(way, "water", true, zoom)
    say_class(way, water_class(way))
    if ask(way, "Find", "intermittent") == "yes" then ask(way, "AttributeBoolean", "intermittent", true) end
    if ask(way, "Find", "name") ~= "" and water_class(way) ~= "river" then
      begin_point(way, true, "place", math.min(zoom + 2, 14)) -- its label, once
      say_class(way, "lake")
      say_names(way)
    end
    return
  end
  local building = ask(way, "Find", "building")
  if building ~= "" and building ~= "no" then
    begin(way, "building", true, ask(way, "Area") >= 400 and 13 or 14)
    copy(way, "name")
  end
  for _, key in ipairs({"natural", "landuse"}) do
    local class = landcover_classes[key][ask(way, "Find", key)]
    if class then
      begin(way, "landcover", true, zoom_of_area(way, 7))
      say_class(way, class)
      break
    end
  end
  local place = ask(way, "Find", "place")
  if (place == "island" or place == "islet") and ask(way, "Find", "name") ~= "" then
    begin_point(way, true, "place", math.max(10, math.min(zoom_of_area(way, 5) + 3, 14)))
    say_class(way, place)
    say_names(way)
  end
end

local function write_highway(way, highway, on_trail, trail)
  local access, foot = ask(way, "Find", "access"), ask(way, "Find", "foot")
  local road, path = road_classes[highway], path_classes[highway]
  if road then
    local zoom = road[2]
    if highway == "service" and ask(way, "Find", "service") ~= "" then zoom = 14 end
    begin(way, "road", false, zoom)
    say_class(way, road[1])
    say_way(way)
    copy(way, "ref")
  elseif path then
    begin(way, "path", false, on_trail and 9 or path[2])
    say_class(way, path[1])
    say_way(way)
    copy(way, "trail_visibility")
  else
    return
  end
  if on_trail then ask(way, "AttributeBoolean", "trail", true) end
  if trail ~= "" then ask(way, "Attribute", "trail_name", trail) end
  if foot == "no" or ((access == "private" or access == "no") and (foot == "" or foot == "private")) then
    ask(way, "AttributeBoolean", "closed", true)
  end
end

function way_function(way)
  local highway, waterway, railway = ask(way, "Find", "highway"), ask(way, "Find", "waterway"), ask(way, "Find", "railway")
  local level, on_trail, trail = look_at_relations(way)
  if level == 2 or level == 4 or level == 7 then
    begin(way, "boundary", false, ({[2] = 5, [4] = 6, [7] = 8})[level])
    ask(way, "AttributeNumeric", "level", level)
  end
  if highway ~= "" then
    if ask(way, "Find", "area") ~= "yes" then write_highway(way, highway, on_trail, trail) end
  elseif ask(way, "Find", "man_made") == "pier" and not ask(way, "IsClosed") then
    begin(way, "path", false, 13)
    say_class(way, "pier")
    say_names(way)
  elseif railway == "rail" or railway == "light_rail" or railway == "narrow_gauge" then
    begin(way, "rail", false, ask(way, "Find", "service") == "" and 7 or 13)
    say_class(way, "rail")
  elseif waterway == "river" or waterway == "stream" or waterway == "canal" then
    begin(way, "waterway", false, ({river = 8, canal = 10, stream = 12})[waterway])
    say_class(way, waterway)
    say_names(way)
    if ask(way, "Find", "intermittent") == "yes" then ask(way, "AttributeBoolean", "intermittent", true) end
  end
  if ask(way, "IsClosed") then
    write_area(way)
    write_poi(way, true)
  end
end
