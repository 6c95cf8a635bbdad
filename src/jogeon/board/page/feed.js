// One EventSource for all tabs of a browser: it opens six connections to a host at most, and a seventh would hang.
// The tab that holds a lock listens and hands on what it hears; when it closes, another one takes over.

const QUIET = 3_000; // the hub sends something each second
const AGAIN = 1_000;
const ASLEEP = 5_000; // the tab that listens hands on nothing: it may be frozen

export class Feed {
  constructor(onDiff, onReload, onAway) {
    Object.assign(this, { onDiff, onReload, onAway });
    this.position = null;
    this.heard = Date.now();
    this.leads = false;
    this.away = false;
    this.source = null;
    this.channel = new BroadcastChannel("jogeon-board");
    this.channel.onmessage = (event) => this.hear(event.data);
    setInterval(() => this.look(), 500);
    for (const name of ["online", "pageshow"]) addEventListener(name, () => this.look(true));
    for (const name of ["visibilitychange", "resume"]) document.addEventListener(name, () => this.look(true));
    this.lead();
  }

  // Waits until this tab is the one that listens; with `steal` it is so at once.
  async lead(steal = false) {
    this.asked = Date.now();
    const held = navigator.locks.request("jogeon-board", { steal }, () => {
      this.leads = true;
      this.open();
      return new Promise(() => {});
    });
    await held.catch(() => {
      this.leads = false; // another tab took it, as this one seemed to sleep
      this.source?.close();
      this.lead();
    });
  }

  open() {
    this.source?.close();
    const after = this.position ? `?after=${encodeURIComponent(this.position)}` : "";
    this.source = new EventSource(`/board/events${after}`);
    this.opened = Date.now();
    this.source.addEventListener("diff", (event) => this.tell({ diff: JSON.parse(event.data) }));
    this.source.addEventListener("reload", () => this.tell({ reload: true }));
  }

  tell(message) {
    this.channel.postMessage(message);
    this.hear(message);
  }

  hear(message) {
    this.heard = Date.now();
    if (this.away) this.onAway((this.away = false));
    if (message.reload) this.onReload();
    else {
      this.position = message.diff.position;
      this.onDiff(message.diff);
    }
  }

  // A tab that slept, or a hub that went: what is open may be dead without a word.
  look(now) {
    const silent = Date.now() - this.heard;
    if (silent > QUIET && !this.away) this.onAway((this.away = true));
    if (this.leads && silent > (now ? 1_500 : QUIET) && Date.now() - this.opened > AGAIN) this.open();
    if (!this.leads && silent > ASLEEP && !document.hidden && Date.now() - this.asked > ASLEEP) this.lead(true);
  }
}
