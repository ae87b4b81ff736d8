/** Tells a person who is looking elsewhere, through the browser and the system, once they said yes. */
export async function mayNotify(): Promise<boolean> {
  return "Notification" in window && (await Notification.requestPermission()) === "granted";
}

export function notify(words: string): void {
  try {
    const notice = new Notification(words, { tag: "touchstone" });
    notice.onclick = () => window.focus();
  } catch {
    // Browsers on phones know notifications, but not from a page; the name of the page tells it.
    document.title = words;
  }
}
