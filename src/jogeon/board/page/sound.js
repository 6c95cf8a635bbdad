// A short tone when a stock enters a condition that was chosen for it. Off until somebody asks for it.
let context = null;

export function ready() {
  context ||= new AudioContext();
  if (context.state === "suspended") context.resume();
}

export function ring() {
  if (!context || context.state !== "running") return;
  const now = context.currentTime;
  const [tone, gain] = [context.createOscillator(), context.createGain()];
  tone.frequency.setValueAtTime(880, now);
  tone.frequency.setValueAtTime(1175, now + 0.08);
  gain.gain.setValueAtTime(0.0001, now);
  gain.gain.exponentialRampToValueAtTime(0.12, now + 0.01);
  gain.gain.exponentialRampToValueAtTime(0.0001, now + 0.3);
  tone.connect(gain).connect(context.destination);
  tone.start(now);
  tone.stop(now + 0.32);
}
