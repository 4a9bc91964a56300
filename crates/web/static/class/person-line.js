// @ts-check
import { icon, make } from "./dom.js";
import { groupName } from "./group-name.js";

/** @typedef {import("./types.js").Participant} Participant */

/**
 * What the list says of one person: name, role, hand with its time, what is on, and a reaction.
 * @param {import("./texts.js").Texts} texts
 * @param {import("./room.js").Room} room
 * @param {Participant} participant
 * @returns {HTMLElement}
 */
export function personLine(texts, room, participant) {
  const self = participant.person === room.you?.person;
  const name = self ? texts.get("class-name-you", { name: participant.name }) : participant.name;
  const who = make("p", { name: "person-name" }, [make("strong", { text: name })]);
  for (const tag of tags(texts, participant)) {
    who.append(" ", make("span", { name: "tag", text: tag }));
  }
  const reaction = room.tools.reactions.get(participant.person);
  if (reaction) {
    who.append(" ", make("span", { name: "person-reaction", data: { testid: "reaction" } }, [
      make("span", { text: reaction.sign, attributes: { "aria-hidden": "true" } }),
      make("span", { name: "hidden-text", text: texts.get(`class-react-${reaction.kind}`) }),
    ]));
  }
  return make("div", { name: "person-row" }, [who, make("p", { name: "person-facts" }, facts(texts, room, participant))]);
}

/**
 * @param {import("./texts.js").Texts} texts
 * @param {Participant} participant
 */
function tags(texts, { role, duty, own }) {
  const tags = role === "pupil" ? [] : [texts.get(role === "teacher" ? "class-teacher" : `class-role-${role}`)];
  if (duty) {
    tags.push(texts.get(`class-duty-${duty}`));
  }
  if (own && Object.keys(own).length > 0) {
    tags.push(texts.get(own.mic === false ? "class-own-silent" : "class-own-some"));
  }
  return tags;
}

/**
 * @param {import("./texts.js").Texts} texts
 * @param {import("./room.js").Room} room
 * @param {Participant} participant
 */
function facts(texts, room, { person, devices }) {
  const fact = (/** @type {string} */ style, /** @type {(Node | string)[]} */ ...children) => make("span", { name: style }, children);
  const facts = [];
  const hand = room.hands.find((one) => one.person === person);
  if (hand) {
    const values = { number: room.handNumber(person), time: texts.time(hand.since) };
    facts.push(fact("fact hand", icon("hand"), texts.get("class-hand-since", values)));
  }
  if (room.floor.includes(person)) {
    facts.push(fact("fact hand", icon("mic"), texts.get("class-has-floor")));
  }
  const group = room.tools.breakouts.open ? room.tools.breakouts.groups[room.tools.groupOf(person) - 1] : undefined;
  if (group) {
    facts.push(fact("fact", icon("groups"), groupName(texts, group)));
  }
  if (devices.length > 0 && devices.every((device) => device.away)) {
    return [...facts, fact("fact bad", texts.get("class-person-away"))];
  }
  const mic = devices.some((device) => device.mic);
  facts.push(fact("fact", icon(mic ? "mic" : "mic-off"), texts.get(mic ? "class-mic-on" : "class-mic-off")));
  if (devices.some((device) => device.camera)) {
    facts.push(fact("fact", icon("camera"), texts.get("class-camera-on")));
  }
  if (devices.some((device) => device.screen)) {
    facts.push(fact("fact", icon("screen"), texts.get("class-screen-on")));
  }
  for (const program of new Set(devices.flatMap((device) => device.program ?? []))) {
    facts.push(fact("fact", icon("tools"), texts.get(`class-program-${program}`)));
  }
  return facts;
}
