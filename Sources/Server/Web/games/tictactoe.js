// Noughts and crosses: nine buttons in a grid.
import { el } from "/web/dom.js";
import { seatName } from "/web/play-words.js";

export const style = true;

const size = 3;
const emptyBoard = [["", "", ""], ["", "", ""], ["", "", ""]];

const svg = "http://www.w3.org/2000/svg";

/** The mark as a drawing, so that it scales with the square; the button's label says it in words. */
function drawing(mark) {
  const picture = document.createElementNS(svg, "svg");
  picture.setAttribute("viewBox", "0 0 100 100");
  picture.setAttribute("aria-hidden", "true");
  picture.setAttribute("class", `mark mark-${mark}`);
  const path = document.createElementNS(svg, "path");
  path.setAttribute("d", mark === "X" ? "M24 24 76 76 M76 24 24 76" : "M50 20 a30 30 0 1 1 -0.01 0 Z");
  path.setAttribute("pathLength", "1");
  picture.append(path);
  return picture;
}

export default function mount(element, room, { announce, move }) {
  const grid = el("div", { class: "ttt", role: "group", "aria-label": "Board" });
  const legend = el("p", { class: "ttt-legend" });
  const squares = [];
  let shown = null;

  for (let row = 0; row < size; row += 1) {
    for (let col = 0; col < size; col += 1) {
      // One square is in the tab order, the arrow keys reach the others.
      const square = el("button", { class: "ttt-square", type: "button", tabIndex: squares.length === 0 ? 0 : -1 });
      square.onclick = () => { if (mayPlay(row, col)) move({ row, col }); };
      square.onfocus = () => squares.forEach((other) => { other.tabIndex = other === square ? 0 : -1; });
      squares.push(square);
      grid.append(square);
    }
  }
  grid.onkeydown = (key) => {
    const at = squares.indexOf(document.activeElement);
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[key.key];
    if (at < 0 || !step) return;
    key.preventDefault();
    const row = (Math.floor(at / size) + step[0] + size) % size;
    const col = (at % size + step[1] + size) % size;
    squares[row * size + col].focus();
  };
  element.append(el("div", { class: "ttt-frame" }, grid, legend));

  const myTurn = () => room.phase === "playing" && room.role === "player" && room.view?.turn === room.seat;
  const mayPlay = (row, col) => myTurn() && (room.view.board[row][col] === "");

  function drawSquare(row, col, mark, winning) {
    const square = squares[row * size + col];
    if (square.dataset.mark !== mark) {
      square.dataset.mark = mark;
      square.replaceChildren(...(mark ? [drawing(mark)] : []));
    }
    square.classList.toggle("winning", winning);
    // Not `disabled`: a square that loses the focus as it is taken would throw the player out of the board.
    square.setAttribute("aria-disabled", String(!mayPlay(row, col)));
    square.setAttribute("aria-label", `row ${row + 1}, column ${col + 1}, ${mark || "empty"}${winning ? ", winning line" : ""}`);
  }

  function tellOthersMoves(board) {
    if (shown) {
      board.forEach((line, row) => line.forEach((mark, col) => {
        if (mark && !shown[row][col]) announce(`${mark} in row ${row + 1}, column ${col + 1}.`);
      }));
    }
    shown = board;
  }

  return {
    update() {
      const view = room.view;
      const board = view?.board ?? emptyBoard;
      const line = new Set((view?.line ?? []).map(([row, col]) => row * size + col));
      board.forEach((marks, row) => marks.forEach((mark, col) => drawSquare(row, col, mark, line.has(row * size + col))));
      grid.classList.toggle("my-turn", myTurn());
      if (view) {
        tellOthersMoves(board);
        legend.textContent = room.role === "player"
          ? `You are ${view.x === room.seat ? "X" : "O"}.`
          : `${seatName(room, view.x)} is X.`;
      }
    },
    event() {},
    destroy() { squares.forEach((square) => square.setAttribute("aria-disabled", "true")); },
  };
}
