// @ts-check
import { icon, make, say } from "./dom.js";
import { initials } from "./layout.js";
import { reportButton } from "./report-button.js";

/** One person's picture, or screen, with name and signs. */
export class Tile {
  /**
   * @param {import("./texts.js").Texts} texts
   * @param {import("./layout.js").TilePlan} plan
   */
  constructor(texts, plan) {
    this.texts = texts;
    this.plan = plan;
    this.video = make("video", { name: "tile-video", attributes: { playsinline: "", autoplay: "" } });
    // Sound comes by the voice slots; a silent picture may always play.
    this.video.muted = true;
    this.initials = make("span", { name: "tile-initials", attributes: { "aria-hidden": "true" } });
    this.label = make("span", { name: "tile-label" });
    this.hand = make("span", { name: "tile-hand" }, [icon("hand")]);
    this.handText = make("span");
    this.hand.append(this.handText);
    this.mic = make("span", { name: "tile-mic" }, [icon("mic-off"), make("span", { name: "hidden-text", text: texts.get("class-mic-off") })]);
    this.away = make("span", { name: "tile-away" });
    this.reaction = make("span", { name: "tile-reaction", attributes: { "aria-hidden": "true" } });
    this.report = reportButton(texts, { person: plan.participant.person, picture: plan.key }, texts.get("class-report-picture-of", { name: plan.participant.name }));
    this.report.classList.add("tile-report");
    const foot = make("span", { name: "tile-foot" }, [this.mic, this.label]);
    this.element = make("div", { name: "tile", data: { testid: "tile" }, attributes: { role: "group" } }, [
      this.initials, this.video, this.away, this.hand, this.reaction, foot, this.report,
    ]);
  }

  /**
   * @param {import("./layout.js").TilePlan} plan
   * @param {MediaStream | null} stream
   */
  update(plan, stream) {
    this.plan = plan;
    const { element, texts } = this;
    const { participant, device, kind, self } = plan;
    const seen = stream !== null && (kind === "screen" ? device.screen : device.camera) && !plan.paused && !plan.cut;
    const name = self ? texts.get("class-you") : participant.role === "guest" ? texts.get("class-guest-name", { name: participant.name }) : participant.name;
    Object.assign(element.dataset, {
      person: participant.person,
      visit: device.visit,
      kind,
      mid: plan.mid ?? "",
      self: String(self),
      picture: seen ? "on" : "off",
      speaking: String(plan.speaking),
      hand: String(plan.hand),
      away: String(device.away),
      floor: String(plan.floor),
    });
    this.reaction.hidden = plan.reaction === undefined;
    say(this.reaction, plan.reaction?.sign ?? "");
    this.#show(seen ? stream : null);
    const label = kind === "screen" ? texts.get("class-screen-of", { name }) : name;
    say(this.label, label);
    say(this.initials, initials(participant.name));
    const micOff = kind === "camera" && !participant.devices.some((one) => one.mic);
    this.mic.hidden = !micOff;
    this.hand.hidden = plan.hand === 0;
    this.report.hidden = self || !seen;
    say(this.handText, String(plan.hand || ""));
    const trouble = device.away ? texts.get("class-person-away") : plan.cut ? texts.get("class-picture-cut") : plan.paused ? texts.get("class-picture-paused") : "";
    this.away.hidden = trouble === "";
    say(this.away, trouble);
    const facts = [label];
    if (micOff) {
      facts.push(texts.get("class-mic-off"));
    }
    if (plan.hand > 0) {
      facts.push(texts.get("class-hand-number", { number: plan.hand }));
    }
    if (plan.floor) {
      facts.push(texts.get("class-has-floor"));
    }
    if (plan.reaction) {
      facts.push(texts.get(`class-react-${plan.reaction.kind}`));
    }
    if (trouble !== "") {
      facts.push(trouble);
    }
    element.setAttribute("aria-label", facts.join(", "));
  }

  /** @param {MediaStream | null} stream */
  #show(stream) {
    if (this.video.srcObject !== stream) {
      this.video.srcObject = stream;
    }
    this.play();
  }

  /** After a move in the page a picture stands still until it is told to play. */
  play() {
    if (this.video.srcObject && this.video.paused) {
      this.video.play().catch(() => {
        // The next update tries again; a picture that was replaced meanwhile needs nothing.
      });
    }
  }
}
