"""E-mail through a real SMTP conversation with a server on this machine, and what is said when there is none."""

import socket
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from quizapp import mail
from quizapp.config import Settings

HOUR = timedelta(hours=1)


class SmtpServer:
    """A mail server that takes one message, and what it was told."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.lines: list[str] = []
        self.thread = threading.Thread(target=self._talk)
        self.thread.start()

    def _talk(self) -> None:
        connection, _ = self.listener.accept()
        with connection, connection.makefile("rwb") as stream:
            self._say(stream, "220 ready")
            in_message = False
            for raw in stream:
                line = raw.decode().rstrip("\r\n")
                self.lines.append(line)
                if in_message:
                    in_message = line != "."
                    if not in_message:
                        self._say(stream, "250 taken")
                elif line.upper() == "DATA":
                    in_message = True
                    self._say(stream, "354 go ahead")
                elif line.upper() == "QUIT":
                    self._say(stream, "221 bye")
                    return
                else:
                    self._say(stream, "235 welcome" if line.startswith("AUTH") else self._hello(line))

    def _hello(self, line: str) -> str:
        return "250-mail\r\n250 AUTH PLAIN" if line.startswith("ehlo") else "250 ok"

    def _say(self, stream: object, line: str) -> None:
        stream.write(f"{line}\r\n".encode())  # type: ignore[attr-defined]
        stream.flush()  # type: ignore[attr-defined]


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    server = SmtpServer()
    yield server
    server.listener.close()
    server.thread.join(timeout=10)


def settings_for(port: int) -> Settings:
    return Settings(
        public_url="https://quiz.example.org",
        mail_from="quiz@example.org",
        smtp_url=f"smtp://postman:se%3Acret@127.0.0.1:{port}",
    )


def test_a_message_reaches_the_server(server: SmtpServer) -> None:
    settings = settings_for(server.port)
    link = "https://quiz.example.org/login/link/abc"
    mail.send(settings, mail.login_link_mail(settings, "Aysel", "aysel@example.org", link, HOUR))
    assert any(line.startswith("AUTH PLAIN") for line in server.lines)
    assert "rcpt TO:<aysel@example.org>" in server.lines
    assert link in server.lines and "Subject: Log in to quizapp" in server.lines


def test_without_a_server_it_is_said_why() -> None:
    settings = settings_for(9)  # nobody listens there
    message = mail.login_link_mail(settings, "Aysel", "aysel@example.org", "link", HOUR)
    with pytest.raises(mail.NotSent, match="could not be sent"):
        mail.send(settings, message)


def test_a_password_is_not_sent_over_a_strangers_network_in_the_open(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    class Server:
        def __init__(self, host: str, port: int, **options: object) -> None:
            done.append(f"connect {host} {port}")

        def __enter__(self) -> "Server":
            return self

        def __exit__(self, *error: object) -> None:
            return None

        def __getattr__(self, name: str) -> object:
            return lambda *arguments, **options: done.append(name)

    monkeypatch.setattr("smtplib.SMTP", Server)
    settings = settings_for(25).model_copy(update={"smtp_url": "smtp://postman:secret@mail.example.org"})
    mail.send(settings, mail.login_link_mail(settings, "Aysel", "aysel@example.org", "link", HOUR))
    assert done == ["connect mail.example.org 587", "starttls", "login", "send_message"]
