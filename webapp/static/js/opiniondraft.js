/**
 * The draft of an opinion on this device: its words and choices, never contact data or files.
 */

const KEPT_DAYS = 30;
const DAY_MS = 86_400_000;

/** The draft for a notice; null where there is none, or it is old. */
export function read(notice) {
  const draft = kept(notice);
  return draft && draft.words.trim() && Date.now() - draft.at < KEPT_DAYS * DAY_MS ? draft : null;
}

/** Keep what stands in the form. */
export function save(form) {
  const { elements } = form;
  const chosen = (name) => [...form.querySelectorAll(`[name="${name}"]:checked`)].map((one) => one.value);
  if (!elements.words.value.trim()) {
    forget(form.dataset.notice);
    return;
  }
  write(form.dataset.notice, {
    form: elements.form.value,
    words: elements.words.value,
    stance: chosen("stance")[0] || "",
    topics: chosen("topics"),
    project: elements.project.value,
    at: Date.now(),
    sent: false,
  });
}

/** Remember that it was sent, until the receipt says that it came. */
export function markSent(notice) {
  const draft = kept(notice);
  if (draft) write(notice, { ...draft, sent: true });
}

/** Take a draft away. */
export function forget(notice) {
  try {
    localStorage.removeItem(name(notice));
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
}

/** Take away a draft that was sent; tell whether there was one. */
export function received(notice) {
  const draft = kept(notice);
  if (!draft || !draft.sent) return false;
  forget(notice);
  return true;
}

function kept(notice) {
  try {
    return JSON.parse(localStorage.getItem(name(notice)));
  } catch {
    return null;
  }
}

function write(notice, draft) {
  try {
    localStorage.setItem(name(notice), JSON.stringify(draft));
  } catch {
    // Private windows and full stores: the form itself still holds everything.
  }
}

function name(notice) {
  return `huitu.opinion.${notice}`;
}
