"""Who listens where, and who answers to which name: ports, names, interfaces, unix sockets."""

import http.client
import os
import socket
import tempfile
import unittest

from support import Server, WsClient, run_lwshost, vhost

TEST_PLUGINS = os.environ["LWSHOST_TEST_PLUGIN_DIR"]
HAS_IPV6 = os.path.exists("/proc/net/if_inet6") and \
    any(line.startswith("0" * 31 + "1") for line in open("/proc/net/if_inet6", encoding="ascii"))


def echo(say, **keys):
    """A vhost that says a word at /."""
    return vhost(mounts=[{"mountpoint": "/", "origin": "callback://echo-test"}],
                 ws_protocols=[{"echo-test": {"say": say}}], **keys)


def serve(*vhosts, arguments=(), **options):
    return Server(list(vhosts), arguments=["--plugin-dir", TEST_PLUGINS, *arguments], **options)


def port_of(url):
    return int(url.rstrip("/").rsplit(":", 1)[1])


def get(port, host="127.0.0.1", name=None, context=None, target="/"):
    kind = http.client.HTTPSConnection if context else http.client.HTTPConnection
    connection = kind(host, port, timeout=20, **({"context": context} if context else {}))
    try:
        connection.request("GET", target, headers={"Host": name} if name else {})
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def listeners(port):
    """The local addresses on which somebody listens on `port`, as the kernel writes them."""
    found = []
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        if not os.path.exists(table):
            continue
        with open(table, encoding="ascii") as file:
            for line in file.readlines()[1:]:
                fields = line.split()
                address, number = fields[1].split(":")
                if fields[3] == "0A" and int(number, 16) == port:
                    found.append(address)
    return found


class Names(unittest.TestCase):
    def test_vhosts_share_a_port_by_name(self):
        with serve(echo("one", name="one.test", port="7681"),
                   echo("two", name="two.test", port="7681"),
                   arguments=["--port", "0"]) as server:
            server.wait_listening(2)
            self.assertEqual(server.urls[0], server.urls[1])
            self.assertEqual(len(listeners(server.port)), 1)
            self.assertEqual(get(server.port, name="one.test"), "one")
            self.assertEqual(get(server.port, name=f"two.test:{server.port}"), "two")
            self.assertEqual(get(server.port, name="other.test"), "one")

    def test_several_ports(self):
        with serve(echo("one", name="a"), echo("two", name="b"), echo("three", name="c")) as server:
            server.wait_listening(3)
            ports = [port_of(url) for url in server.urls]
            self.assertEqual(len(set(ports)), 3)
            self.assertEqual([get(port) for port in ports], ["one", "two", "three"])

    def test_port_moves_the_first_vhost_only(self):
        with socket.create_server(("127.0.0.1", 0)) as spare:
            wanted = spare.getsockname()[1]
        with serve(echo("one", name="a", port="1"), echo("two", name="b"),
                   arguments=["-p", str(wanted)]) as server:
            server.wait_listening(2)
            self.assertEqual(server.port, wanted)
            self.assertEqual(get(wanted), "one")
            self.assertNotEqual(port_of(server.urls[1]), wanted)

    def test_options_that_are_urls_of_this_server_follow_a_moved_port(self):
        url = "http://127.0.0.1:7681/ip-lookup?ip={ip}"
        with serve(echo(url, name="a", port="7681"),
                   echo("http://[::1]:7681/", name="b"),
                   echo("http://127.0.0.1:7682/", name="c"), arguments=["-p", "0"]) as server:
            server.wait_listening(3)
            first, second, third = (port_of(url) for url in server.urls)
            self.assertEqual(get(first), url.replace("7681", str(first)))
            self.assertEqual(get(second), f"http://[::1]:{first}/")
            self.assertEqual(get(third), "http://127.0.0.1:7682/")

    def test_a_vhost_has_only_the_protocols_that_it_names(self):
        first = echo("one", name="a")
        second = vhost(name="b", ws_protocols=[{"surprise": {"say": "two"}}])
        with serve(first, second) as server:
            server.wait_listening(2)
            with WsClient(server.port, protocols=["echo-test"]) as client:
                client.send("hello")
                self.assertEqual(client.receive(), "hello")
            with WsClient(port_of(server.urls[1]), protocols=["echo-test", "surprise"]) as client:
                self.assertEqual(client.protocol, "surprise")

    def test_options_of_each_vhost_are_its_own(self):
        with serve(echo("one", name="a"), echo("two", name="b")) as server:
            server.wait_listening(2)
            self.assertEqual([get(port_of(url)) for url in server.urls], ["one", "two"])


class Interfaces(unittest.TestCase):
    def test_an_ipv4_address_and_nothing_else(self):
        for interface in ("127.0.0.1", "lo"):
            with self.subTest(interface), serve(echo("x", interface=interface)) as server:
                self.assertRegex(server.urls[0], r"^http://127\.0\.0\.1:\d+/$")
                self.assertEqual(listeners(server.port), ["0100007F"])
                self.assertEqual(get(server.port), "x")

    def test_another_address_of_this_machine(self):
        with serve(echo("x", interface="127.0.0.2")) as server:
            self.assertEqual(get(server.port, "127.0.0.2"), "x")
            with self.assertRaises(ConnectionRefusedError):
                get(server.port, "127.0.0.1")

    def test_everywhere(self):
        conf = echo("x")
        del conf["interface"]
        with serve(conf) as server:
            server.wait_stderr("all interfaces")
            self.assertRegex(server.urls[0], r"^http://127\.0\.0\.1:\d+/$")
            self.assertEqual(get(server.port), "x")
            self.assertEqual(get(server.port, "127.0.0.2"), "x")
            if HAS_IPV6:
                self.assertEqual(get(server.port, "::1"), "x")

    def test_everywhere_without_ipv6(self):
        conf = echo("x", noipv6="1")
        del conf["interface"]
        with serve(conf) as server:
            self.assertEqual(listeners(server.port), ["00000000"])

    @unittest.skipUnless(HAS_IPV6, "no IPv6 here")
    def test_ipv6(self):
        with serve(echo("x", interface="::1")) as server:
            self.assertRegex(server.urls[0], r"^http://\[::1\]:\d+/$")
            self.assertEqual(listeners(server.port), ["00000000" * 3 + "01000000"])
            self.assertEqual(get(server.port, "::1"), "x")

    @unittest.skipUnless(HAS_IPV6, "no IPv6 here")
    def test_ipv6_only(self):
        conf = echo("x", ipv6only="1")
        del conf["interface"]
        with serve(conf) as server:
            self.assertRegex(server.urls[0], r"^http://\[::1\]:\d+/$")
            self.assertEqual(get(server.port, "::1"), "x")
            with self.assertRaises(ConnectionRefusedError):
                get(server.port, "127.0.0.1")

    @unittest.skipUnless(HAS_IPV6, "no IPv6 here")
    def test_the_same_port_on_two_addresses(self):
        with socket.create_server(("127.0.0.1", 0)) as spare:
            port = str(spare.getsockname()[1])
        with serve(echo("four", name="a", port=port),
                   echo("six", name="b", port=port, interface="::1")) as server:
            self.assertEqual(get(int(port)), "four")
            self.assertEqual(len(listeners(int(port))), 2)

    def test_a_proxy_in_the_environment_changes_nothing(self):
        proxy = {name: "http://127.0.0.1:9/" for name in ("http_proxy", "https_proxy")}
        with serve(echo("x"), environment=proxy) as server:
            self.assertEqual(get(server.port), "x")
            with open(f"/proc/{server.process.pid}/net/tcp", encoding="ascii") as file:
                self.assertNotIn(":0009 ", file.read())


class UnixSockets(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "socket")
        conf = echo("x", interface=self.path, unix_socket="1")
        del conf["port"]
        self.conf = conf

    def ask(self):
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(20)
            client.connect(self.path)
            client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            data = b""
            while piece := client.recv(65536):
                data += piece
        return data

    def test_a_unix_socket(self):
        for loop in ("uv", "poll"):
            with serve(self.conf, environment={"LWSHOST_EVENT_LOOP": loop}) as server:
                self.assertEqual(server.urls, [f"unix:{self.path}"])
                self.assertTrue(self.ask().endswith(b"\r\n\r\nx"))
            self.assertFalse(os.path.exists(self.path))

    def test_an_abandoned_socket_is_taken_over(self):
        with socket.socket(socket.AF_UNIX) as old:
            old.bind(self.path)
        with serve(self.conf):
            self.assertTrue(self.ask().endswith(b"\r\n\r\nx"))

    def test_what_is_not_ours_stays(self):
        with open(self.path, "w", encoding="ascii") as file:
            file.write("precious")
        with Conf(self.conf) as folder:
            result = run_lwshost("-c", folder, "--plugin-dir", TEST_PLUGINS)
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("File exists", result.stderr)
        with open(self.path, encoding="ascii") as file:
            self.assertEqual(file.read(), "precious")

    def test_a_socket_that_somebody_listens_on(self):
        with socket.socket(socket.AF_UNIX) as other, Conf(self.conf) as folder:
            other.bind(self.path)
            other.listen()
            result = run_lwshost("-c", folder, "--plugin-dir", TEST_PLUGINS)
            self.assertEqual(result.returncode, 1, result.stderr)
            self.assertIn("Address already in use", result.stderr)


    def test_its_port_means_nothing(self):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        url = f"http://127.0.0.1:{port}/"
        with serve({**self.conf, "port": str(port)}, echo(url, name="other")) as server:
            server.wait_listening(2)
            self.assertEqual(get(port_of(server.urls[1])), url)
            self.assertTrue(self.ask().endswith(b"\r\n\r\nx"))


class Conf(tempfile.TemporaryDirectory):
    """A folder with the configuration of one vhost."""

    def __init__(self, conf):
        super().__init__()
        self.folder = self.name
        Server.write_conf(self, [conf])


class Limits(unittest.TestCase):
    def limit(self, server):
        with open(f"/proc/{server.process.pid}/limits", encoding="ascii") as file:
            line = next(line for line in file if line.startswith("Max open files"))
        return int(line.split()[3])

    def test_descriptors(self):
        with serve(echo("x")) as server:
            self.assertLessEqual(self.limit(server), 20000)
        with Server({"global": {"rlimit-nofile": "300"}, "vhosts": [echo("x")]},
                    arguments=["--plugin-dir", TEST_PLUGINS]) as server:
            self.assertEqual(self.limit(server), 300)

    def test_more_clients_than_descriptors(self):
        """The others are refused, and the log says it once; it must not fill the disk."""
        for loop in ("uv", "poll"):
            with Server({"global": {"rlimit-nofile": "64"}, "vhosts": [echo("x")]},
                        arguments=["--plugin-dir", TEST_PLUGINS],
                        environment={"LWSHOST_EVENT_LOOP": loop}) as server:
                clients = [socket.create_connection(("127.0.0.1", server.port), 20)
                           for _ in range(100)]
                for client in clients[:10]:
                    client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                    while client.recv(1000):
                        pass
                for client in clients:
                    client.close()
                self.assertEqual(get(server.port), "x")
                self.assertEqual(server.stderr.count("rlimit-nofile"), 1)
                self.assertNotIn("error", server.stderr)

    def test_user_agents_that_are_not_wanted(self):
        conf = {"global": {"reject-service-keywords": [{"EvilBot": "403 go away"}]},
                "vhosts": [echo("x")]}
        with Server(conf, arguments=["--plugin-dir", TEST_PLUGINS]) as server:
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
            connection.request("GET", "/", headers={"User-Agent": "an EvilBot/1"})
            self.assertEqual(connection.getresponse().status, 403)
            connection.close()
            self.assertEqual(get(server.port), "x")

    @unittest.skipUnless(os.geteuid() == 0, "only root can become somebody else")
    def test_the_user_of_the_configuration(self):
        conf = {"global": {"username": "nobody", "groupname": "nogroup"}, "vhosts": [echo("x")]}
        with Server(conf, arguments=["--plugin-dir", TEST_PLUGINS]) as server:
            with open(f"/proc/{server.process.pid}/status", encoding="ascii") as file:
                fields = dict(line.rstrip().split(":\t", 1) for line in file if ":\t" in line)
            self.assertEqual(set(fields["Uid"].split()), {"65534"})
            self.assertEqual(set(fields["Gid"].split()), {"65534"})
            self.assertNotIn("0", fields["Groups"].split())
            self.assertEqual(get(server.port), "x")


if __name__ == "__main__":
    unittest.main()
