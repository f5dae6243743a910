// Short tones for bounces and goals. Off until somebody asks: browsers want a click first, and so do people nearby.
import { el } from "/web/dom.js";

const pitches = { wall: 220, paddle: 330, goal: 147 };
const loudness = 0.08;
const seconds = { wall: 0.05, paddle: 0.06, goal: 0.3 };

/** `sound.button` turns it on and off, `sound.play(name)` is heard while it is on. */
export function makeSound() {
  let output = null;
  let isOn = false;
  const button = el("button", { class: "btn btn-quiet", type: "button" });
  const label = () => { button.textContent = isOn ? "Turn sound off" : "Turn sound on"; };

  button.onclick = () => {
    isOn = !isOn;
    output ??= new AudioContext();
    label();
  };
  label();
  return {
    button,
    play(name) {
      if (!isOn) return;
      const end = output.currentTime + seconds[name];
      const tone = new OscillatorNode(output, { type: "triangle", frequency: pitches[name] });
      const volume = new GainNode(output, { gain: loudness });
      // A tone that is cut off clicks.
      volume.gain.exponentialRampToValueAtTime(0.001, end);
      tone.connect(volume).connect(output.destination);
      tone.start();
      tone.stop(end);
    },
    stop() { output?.close(); },
  };
}
