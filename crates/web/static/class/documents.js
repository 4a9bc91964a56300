// @ts-check
import { savePdf, savePng } from "./board-save.js";
import { FILE_BYTES_MAX, addKept, sendDocument } from "./document-send.js";
import { actButton, find, keepFocus, make, say } from "./dom.js";
import { deckName } from "./group-name.js";
import { PageStrip } from "./page-strip.js";

/** @typedef {import("./types.js").Deck} Deck */
/** @typedef {{name: string, size: number}} Sent `size` in bytes that have to be sent */

/** The panel of the board: what there is to show, what is on its way, and taking it home. */
export class Documents {
  #known = "";
  /** Under way: pages of the other decks stay. */
  #isSaving = false;

  /**
   * @param {import("./types.js").Context} context
   * @param {import("./board.js").Board} board
   */
  constructor(context, board) {
    const root = find(context.root, "#class-board", HTMLElement);
    this.context = context;
    this.board = board;
    this.list = find(root, ".documents-list", HTMLElement);
    this.making = find(root, ".documents-making", HTMLElement);
    this.empty = find(root, ".documents-empty", HTMLElement);
    this.saving = find(root, ".documents-saving", HTMLElement);
    this.keep = find(root, ".documents-save", HTMLElement);
    this.back = find(root, "[data-board=unhide]", HTMLButtonElement);
    const file = find(root, "#documents-file", HTMLInputElement);
    file.addEventListener("change", () => {
      for (const one of file.files ?? []) {
        void this.send(one, (options) => sendDocument(one, options));
      }
      file.value = "";
    });
    for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (root.querySelectorAll("[data-keep]"))) {
      const { keep = "", name = "" } = button.dataset;
      button.addEventListener("click", () => void this.send({ name, size: 0 }, (options) => addKept(keep, options)));
    }
    this.strip = new PageStrip(context, board);
    this.back.addEventListener("click", () => board.hide(false));
    find(root, "[data-board=add-deck]", HTMLButtonElement).addEventListener("click", () => void this.#addDeck());
    find(root, "[data-board=save-pdf]", HTMLButtonElement).addEventListener("click", () => void this.#save("pdf"));
    find(root, "[data-board=save-png]", HTMLButtonElement).addEventListener("click", () => void this.#save("png"));
  }

  render() {
    const { room } = this.context;
    const { decks, shown } = room.board;
    this.empty.hidden = decks.length > 0;
    this.keep.hidden = !this.board.pages.page;
    this.back.hidden = !(this.board.isHidden && this.board.pages.page);
    const known = JSON.stringify([decks, room.tools.breakouts.groups.map(({ name }) => name), shown?.deck, this.board.pages.mayLeaf, room.leads, room.rules.leaf, room.place]);
    if (this.#known !== known) {
      this.#known = known;
      keepFocus(this.list, () => this.list.replaceChildren(...decks.map((deck) => this.#deck(deck))));
    }
    this.strip.mark();
  }

  /** @param {Deck} deck */
  #deck(deck) {
    const { texts, room, session, confirm } = this.context;
    const { pages } = this.board;
    const isShown = room.board.shown?.deck === deck.deck;
    const name = deckName(texts, room, deck);
    const acts = [];
    if (room.leads || pages.mayLeaf) {
      const words = texts.get(room.leads ? "class-documents-show" : "class-documents-open");
      acts.push(actButton({
        key: `show:${deck.deck}`, text: words, label: `${words} ${name}`, testid: "deck-show",
        act: () => this.board.look({ deck: deck.deck, page: isShown ? room.board.shown?.page ?? 0 : 0 }),
      }));
    }
    if (room.leads) {
      const words = texts.get("class-documents-drop");
      acts.push(actButton({
        key: `drop:${deck.deck}`, text: words, style: "small danger", label: `${words} ${name}`, testid: "deck-drop",
        act: async () => await confirm.ask("deck", { name }) && session.command({ type: "deck_drop", deck: deck.deck }),
      }));
    }
    const facts = [texts.count("class-documents-pages", deck.pages), ...(isShown ? [texts.get("class-documents-shown")] : [])];
    return make("li", { data: { testid: "deck" } }, [
      make("p", {}, [make("strong", { text: name })]), make("p", { name: "soft", text: facts.join(" · ") }),
      make("div", { name: "tool-acts" }, acts),
      ...(deck.pages > 1 && (room.leads || pages.mayLeaf) ? [this.strip.of(deck)] : []),
    ]);
  }

  async #addDeck() {
    const { texts, session, room } = this.context;
    const count = room.board.decks.filter(({ kind }) => kind === "board").length;
    const name = texts.get("class-board-named", { number: String(count + 1) });
    const answer = await session.command({ type: "deck_add", name });
    if (answer?.type === "ack" && answer.made !== undefined) {
      this.board.look({ deck: answer.made, page: 0 });
    }
  }

  /**
   * Sends a file, and says how far it is.
   * @param {Sent} file
   * @param {(options: import("./document-send.js").Options) => Promise<import("./document-send.js").Outcome>} how
   */
  async send(file, how) {
    const { texts, root, announcer } = this.context;
    const aborted = new AbortController();
    const state = make("p", { name: "soft", data: { testid: "making-state" } });
    const meter = make("progress", { attributes: { max: "1", "aria-label": file.name } });
    const item = make("li", { data: { testid: "making" } }, [make("p", {}, [make("strong", { text: file.name })]), state, meter]);
    const end = actButton({ key: "end", text: texts.get("class-documents-cancel"), act: () => { aborted.abort(); item.remove(); } });
    item.append(end);
    this.making.append(item);
    const failed = (/** @type {string} */ text) => {
      say(state, text);
      state.className = "bad";
      meter.remove();
      end.textContent = texts.get("class-dismiss");
      this.context.panel.show("board");
    };
    if (file.size > FILE_BYTES_MAX) {
      failed(texts.get("class-documents-too-large", { name: file.name }));
      return;
    }
    try {
      const outcome = await how({
        base: this.board.base, csrf: root.dataset["csrf"] ?? "", signal: aborted.signal,
        progress: (now) => this.#progress(now, file, state, meter),
      });
      if (outcome.state === "failed") {
        failed(outcome.text);
      } else if (!outcome.on_board) {
        failed(texts.get("class-documents-not-on-board"));
      } else {
        item.remove();
        announcer.say(texts.get("class-documents-there", { name: file.name }));
      }
    } catch (error) {
      const status = error instanceof Error && "status" in error ? error.status : 0;
      if (!aborted.signal.aborted) {
        failed(texts.get(status === 507 ? "class-documents-disk-full" : status === 413 ? "class-documents-too-large" : "class-documents-refused", { name: file.name }));
      }
    }
  }

  /**
   * @param {{sent?: number, waits?: boolean, made?: number, pages?: number | null}} now
   * @param {Sent} file
   * @param {HTMLElement} state
   * @param {HTMLProgressElement} meter
   */
  #progress({ sent, waits, made, pages }, file, state, meter) {
    const { texts } = this.context;
    if (waits) {
      say(state, texts.get("class-documents-waiting"));
    } else if (sent !== undefined) {
      meter.value = sent / Math.max(1, file.size);
      say(state, texts.get("class-documents-sending"));
    } else if (made !== undefined) {
      meter.value = pages ? made / pages : 0;
      say(state, pages ? texts.get("class-documents-making", { number: String(made), count: String(pages) }) : texts.get("class-documents-opening"));
    }
  }

  /** @param {"pdf" | "png"} kind */
  async #save(kind) {
    const { texts, room } = this.context;
    const { page, deck } = this.board.pages;
    if (this.#isSaving || !page || !deck) {
      return;
    }
    this.#isSaving = true;
    this.saving.hidden = false;
    try {
      if (kind === "png") {
        await savePng(room, this.board.images, deck, page.page);
      } else {
        await savePdf(room, this.board.images, deck, {
          look: (one) => this.board.fetch(one),
          progress: (number) => say(this.saving, texts.get("class-board-saving", { number: String(number), count: String(deck.pages) })),
        });
      }
      say(this.saving, texts.get("class-board-saved"));
    } catch {
      say(this.saving, texts.get("class-board-not-saved"));
    }
    this.#isSaving = false;
  }
}
