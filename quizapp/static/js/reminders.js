/* Turns notifications on and off in this browser. What the server needs to send them goes into a form. */

const form = document.getElementById("push");
const show = (id) => { document.getElementById(id).hidden = false; };

async function subscribe() {
  if ((await Notification.requestPermission()) !== "granted") return show("push-blocked");
  const { pushManager } = await navigator.serviceWorker.ready;
  await (await pushManager.getSubscription())?.unsubscribe(); // it may have been made with other keys
  const options = { userVisibleOnly: true, applicationServerKey: form.dataset.key };
  const { endpoint, keys } = (await pushManager.subscribe(options)).toJSON();
  const [publicKey, secret] = [keys.p256dh, keys.auth].map((key) => key.replace(/=+$/, ""));
  Object.assign(form.elements.endpoint, { value: endpoint });
  Object.assign(form.elements.public_key, { value: publicKey });
  Object.assign(form.elements.auth_secret, { value: secret });
  form.submit();
}

/** Mark the browser that this is in the list, and turn notifications off in it too when the server does. */
async function markBrowser() {
  const registration = await navigator.serviceWorker.register("/sw.js");
  const subscription = await registration.pushManager.getSubscription();
  const items = [...document.querySelectorAll("[data-endpoint]")];
  const here = subscription && items.find((item) => item.dataset.endpoint === subscription.endpoint);
  form.hidden = Boolean(here);
  if (!here) return;
  here.querySelector(".here").hidden = false;
  here.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    await subscription.unsubscribe().catch(() => {});
    event.target.submit();
  });
}

if (form) {
  if ("PushManager" in window && "serviceWorker" in navigator) markBrowser().catch(() => show("push-failed"));
  else show("push-unsupported");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    subscribe().catch(() => show("push-failed"));
  });
}

if (!document.getElementById("shows_badge").checked) navigator.clearAppBadge?.().catch(() => {});
