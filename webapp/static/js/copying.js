/**
 * Buttons that copy the text of an element of the page. Without scripts they stay hidden, and the
 * text is selected by hand.
 */

/** @param {HTMLButtonElement} button its `data-copy` names the element */
function prepare(button) {
  const text = document.getElementById(button.dataset.copy);
  const said = document.getElementById(`${button.dataset.copy}-said`);
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.textContent.trim());
      said.textContent = button.dataset.copied;
    } catch {
      getSelection().selectAllChildren(text);
      said.textContent = button.dataset.byHand;
    }
  });
}

document.querySelectorAll("[data-copy]").forEach(prepare);
