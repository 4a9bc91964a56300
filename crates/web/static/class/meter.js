// @ts-check

/** Loud enough to be a voice, root mean square of full scale. */
const HEARD = 0.02;

/** Shows how loud the microphone is, so that one sees that it works before going in. */
export class LevelMeter {
  /** @type {AudioContext | null} */
  #context = null;
  #frame = 0;

  /**
   * @param {HTMLMeterElement} meter
   * @param {() => void} onHeard somebody spoke for the first time
   */
  constructor(meter, onHeard) {
    this.meter = meter;
    this.onHeard = onHeard;
  }

  /** @param {MediaStreamTrack | null} track */
  watch(track) {
    cancelAnimationFrame(this.#frame);
    void this.#context?.close();
    this.#context = null;
    this.meter.value = 0;
    if (!track || typeof AudioContext !== "function") {
      return;
    }
    const context = new AudioContext();
    this.#context = context;
    if (context.state === "suspended") {
      document.addEventListener("pointerdown", () => context.state === "suspended" && void context.resume(), { once: true });
    }
    const analyser = context.createAnalyser();
    analyser.fftSize = 512;
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    let heard = false;
    const draw = () => {
      analyser.getFloatTimeDomainData(samples);
      const level = Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
      this.meter.value = Math.min(1, level * 6);
      if (!heard && level > HEARD) {
        heard = true;
        this.onHeard();
      }
      this.#frame = requestAnimationFrame(draw);
    };
    draw();
  }
}
