// @ts-check

/** What lean mode leaves of the pictures: says so to leaders when it leaves less than there is, and has pupils' cameras sent small. */
export class Lean {
  /** Said once; whoever has closed it has read it. */
  #isTold = false;

  /** @param {import("./types.js").Context} context */
  constructor({ room, session, notices }) {
    this.room = room;
    this.notices = notices;
    room.subscribe(() => {
      const hasFloor = room.floor.includes(room.you?.person ?? "");
      session.media.setAside(room.isLean && !room.leads && !hasFloor);
      this.#tell(room.isLean && room.leads && room.phase === "in" && this.#leavesOut());
    });
  }

  /** Whether somebody is not given every picture that there is of the others. */
  #leavesOut() {
    const pictures = [...this.room.people.values()].map(({ devices }) => devices.reduce((sum, { camera, screen }) => sum + Number(camera) + Number(screen), 0));
    const all = pictures.reduce((sum, own) => sum + own, 0);
    return pictures.some((own) => all - own > this.room.slotCount.pictures);
  }

  /** @param {boolean} isLimited */
  #tell(isLimited) {
    if (!isLimited) {
      this.notices.show("lean", false);
    } else if (!this.#isTold) {
      this.#isTold = true;
      this.notices.show("lean", true);
    }
  }
}
