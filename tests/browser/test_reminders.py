"""Notifications: turned on and off in the browser, shown by its service worker, and the number on the app's icon."""

from typing import Any

import pytest
from axe import check
from playwright.sync_api import Page, expect
from push_service import need_cryptography

# A browser whose maker has no push service to be reached from here, and whose notifications are noted.
SUBSCRIBING = """
const keys = { p256dh: "B" + "A".repeat(86), auth: "a".repeat(22) + "==" };
const subscription = {
  endpoint: "https://push.example/abc",
  toJSON: () => ({ endpoint: subscription.endpoint, keys }),
  unsubscribe: async () => { sessionStorage.removeItem("subscribed"); },
};
Notification.requestPermission = async () => "granted";
PushManager.prototype.getSubscription = async () => (sessionStorage.getItem("subscribed") ? subscription : null);
PushManager.prototype.subscribe = async ({ userVisibleOnly, applicationServerKey }) => {
  if (!userVisibleOnly || applicationServerKey.length !== 87) throw new Error("refused");
  sessionStorage.setItem("subscribed", "yes");
  return subscription;
};
navigator.setAppBadge = async (number) => { sessionStorage.setItem("badge", number); };
navigator.clearAppBadge = async () => { sessionStorage.setItem("badge", "none"); };
"""
REMINDING = """async () => {
  const noted = { shown: [], badges: [] };
  registration.showNotification = async (title, { body, tag }) => noted.shown.push([title, body, tag]);
  navigator.setAppBadge = async (number) => noted.badges.push(number);
  WindowClient.prototype.focus = async function () { return this; };
  async function handle(event) {
    const waits = [];
    event.waitUntil = (promise) => waits.push(promise);
    dispatchEvent(event);
    await Promise.all(waits);
  }
  for (const badge of [12, null]) {
    const data = JSON.stringify({ title: "12 facts are due", body: "About 4 minutes", badge });
    await handle(new PushEvent("push", { data }));
  }
  await handle(Object.assign(new Event("notificationclick"), { notification: { close: () => {} } }));
  return noted;
}"""


@pytest.fixture
def service_workers() -> bool:
    return True


def test_a_notification_is_turned_on_shown_pressed_and_turned_off(visitor: Any, page: Page) -> None:
    need_cryptography()
    page.add_init_script(SUBSCRIBING)
    visitor.start()
    page.goto("/account/reminders")
    check(page)
    page.get_by_role("button", name="Turn on in this browser").click()
    expect(page.get_by_text("Notifications are on in this browser.")).to_be_visible()
    expect(page.get_by_text("(this browser)")).to_be_visible()
    expect(page.get_by_role("button", name="Turn on in this browser")).to_be_hidden()
    page.get_by_label("Show the number of due facts").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Reminders saved.")).to_be_visible()
    check(page)
    (worker,) = page.context.service_workers
    noted = worker.evaluate(REMINDING)
    assert noted == {"shown": [["12 facts are due", "About 4 minutes", "today"]] * 2, "badges": [12]}
    page.wait_for_url("**/today")
    assert page.evaluate("sessionStorage.getItem('badge')") == "0"  # nothing is due, all is new
    page.goto("/account/reminders")
    page.get_by_label("Show the number of due facts").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Reminders saved.")).to_be_visible()
    assert page.evaluate("sessionStorage.getItem('badge')") == "none"
    page.get_by_role("button", name="Turn off in").click()
    expect(page.get_by_text("Notifications are off in that browser.")).to_be_visible()
    expect(page.get_by_role("button", name="Turn on in this browser")).to_be_visible()
    assert page.evaluate("sessionStorage.getItem('subscribed')") is None
