// @ts-check

/** Plays the voices. When the browser wants a click first, a button asks for it. */
export class Sound {
  /** @type {HTMLAudioElement[]} */
  #players = [];

  /**
   * @param {HTMLElement} place where the players stand, unseen
   * @param {HTMLElement} blocked shown while sound is held back
   * @param {HTMLButtonElement} button in it
   */
  constructor(place, blocked, button) {
    this.place = place;
    this.blocked = blocked;
    button.addEventListener("click", () => void this.play());
  }

  /** @param {MediaStream[]} streams */
  set(streams) {
    while (this.#players.length < streams.length) {
      const player = document.createElement("audio");
      player.autoplay = true;
      this.place.append(player);
      this.#players.push(player);
    }
    this.#players.forEach((player, at) => {
      const stream = streams[at] ?? null;
      if (player.srcObject !== stream) {
        player.srcObject = stream;
      }
    });
    void this.play();
  }

  async play() {
    const started = this.#players.filter((player) => player.srcObject).map((player) => player.play());
    const results = await Promise.allSettled(started);
    this.blocked.hidden = !results.some(
      (result) => result.status === "rejected" && result.reason instanceof DOMException && result.reason.name === "NotAllowedError",
    );
  }
}
