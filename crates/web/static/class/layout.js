// @ts-check
// Who is shown where. Pure: from the room to a list of tiles.

/** @typedef {import("./types.js").Participant} Participant */
/** @typedef {import("./room.js").Room} Room */

/**
 * @typedef {object} TilePlan
 * @property {string} key one tile lives as long as its key
 * @property {"camera" | "screen"} kind
 * @property {Participant} participant
 * @property {import("./types.js").Device} device
 * @property {boolean} self it is this very device
 * @property {string | null} mid the slot in which its picture comes; null: none
 * @property {boolean} paused the slot is there, pictures are not
 * @property {boolean} cut it is there, and the line does not carry it beside the voices
 * @property {boolean} speaking
 * @property {number} hand place among the hands, 0 without
 * @property {boolean} floor the person has the floor
 * @property {{kind: string, sign: string} | undefined} reaction
 */

/**
 * @param {Room} room
 * @param {boolean} [taken] something else than a picture has the large place: the board
 * @returns {{main: TilePlan | null, strip: TilePlan[]}} without `main`, and without anything else there, the strip is laid out as a grid
 */
export function plan(room, taken = false) {
  // Pictures stay within a group: whoever is elsewhere is not looked for here.
  const here = [...room.people.values()].filter(({ person }) => room.tools.placeOf(person) === room.place);
  const tiles = here.flatMap((participant) => cameras(room, participant));
  const screen = sharedScreen(room);
  // A teacher looks at the class; a pupil at the teacher.
  const teacher = room.isTeacher ? undefined : bestTeacher(tiles);
  const main = taken ? null : screen ?? teacher ?? null;
  // A screen beside the board comes first.
  if (taken && screen) {
    tiles.unshift(screen);
  }
  const strip = tiles.filter((tile) => tile !== main).sort((a, b) => rank(a) - rank(b));
  return { main, strip };
}

/**
 * A tile for each device that shows its camera, or else one for the person.
 * @param {Room} room
 * @param {Participant} participant
 */
function cameras(room, participant) {
  const shown = participant.devices.filter((device) => device.camera);
  const present = participant.devices.find((device) => device.visit === room.you?.visit)
    ?? participant.devices.find((device) => !device.away)
    ?? participant.devices[0];
  const devices = shown.length > 0 ? shown : present ? [present] : [];
  return devices.map((device) => tile(room, participant, device, "camera"));
}

/** @param {Room} room */
function sharedScreen(room) {
  for (const participant of room.people.values()) {
    const device = participant.devices.find((one) => one.screen);
    if (device) {
      const shared = tile(room, participant, device, "screen");
      // One's own screen is not shown to oneself: mirrors in mirrors.
      return shared.self ? undefined : shared;
    }
  }
  return undefined;
}

/**
 * @param {Room} room
 * @param {Participant} participant
 * @param {import("./types.js").Device} device
 * @param {"camera" | "screen"} kind
 * @returns {TilePlan}
 */
function tile(room, participant, device, kind) {
  const slot = room.slots.find((one) => one.visit === device.visit && one.kind === kind);
  return {
    key: `${kind}:${device.visit}`,
    kind,
    participant,
    device,
    self: device.visit === room.you?.visit,
    mid: slot?.mid ?? null,
    paused: slot?.paused ?? false,
    cut: (room.saves || (room.weak && slot?.paused === true)) && device.visit !== room.you?.visit && (kind === "screen" ? device.screen : device.camera),
    speaking: kind === "camera" && participant.devices.some((one) => one.mic && room.speaking.includes(one.visit)),
    hand: kind === "camera" ? room.handNumber(participant.person) : 0,
    floor: kind === "camera" && room.floor.includes(participant.person),
    reaction: kind === "camera" ? room.tools.reactions.get(participant.person) : undefined,
  };
}

/** @param {TilePlan[]} tiles */
function bestTeacher(tiles) {
  const teachers = tiles.filter((tile) => tile.participant.role === "teacher" && !tile.self);
  return teachers.find((tile) => tile.device.camera)
    ?? teachers.find((tile) => !tile.device.away)
    ?? teachers[0];
}

/**
 * Order in the strip: oneself, teachers, hands in their order, those who are seen, the others.
 * @param {TilePlan} tile
 */
function rank(tile) {
  if (tile.kind === "screen") {
    return -3;
  }
  if (tile.self) {
    return -2;
  }
  if (tile.participant.role === "teacher") {
    return -1;
  }
  if (tile.hand > 0) {
    return tile.hand;
  }
  return tile.mid === null ? 2_000 : 1_000;
}

/** Narrower tiles show nobody any more; then the grid scrolls. */
const TILE_PX_MIN = 144;

/**
 * The columns that make tiles of 16:9 largest, and how wide these are.
 * @param {number} count
 * @param {number} width of the place, px
 * @param {number} height
 * @param {number} gap
 * @returns {{count: number, width: number}}
 */
export function columns(count, width, height, gap) {
  let best = { count: 1, width: 0 };
  for (let tried = 1; tried <= Math.max(1, count); tried++) {
    const rows = Math.ceil(count / tried);
    const fitting = Math.min((width + gap) / tried - gap, ((height + gap) / rows - gap) * (16 / 9));
    if (fitting > best.width) {
      best = { count: tried, width: fitting };
    }
  }
  if (best.width >= TILE_PX_MIN) {
    return best;
  }
  const most = Math.max(1, Math.floor((width + gap) / (TILE_PX_MIN + gap)));
  return { count: most, width: (width + gap) / most - gap };
}

/**
 * One or two letters for who has no picture.
 * @param {string} name
 */
export function initials(name) {
  const words = name.split(/[\s-]+/).filter((word) => /^\p{L}/u.test(word) && !/^(M|Mme|Mlle|Mr|Mrs|Ms|Dr)\.?$/.test(word));
  const first = words[0]?.match(/^\p{L}/u)?.[0] ?? "";
  const last = words.length > 1 ? words[words.length - 1]?.match(/^\p{L}/u)?.[0] ?? "" : "";
  return (first + last).toLocaleUpperCase();
}
