"""What is wrong with a command line or a configuration is said in one line, with the right status."""

import os
import shutil
import socket
import subprocess
import tempfile
import unittest

from support import Server, run_lwshost, vhost
from support.server import LWSHOST, PLUGIN_DIR, SANITIZER_REPORT

TEST_PLUGINS = os.environ["LWSHOST_TEST_PLUGIN_DIR"]
OK, FAILED, WRONG = 0, 1, 2


class Folder:
    """A configuration folder with one file, to run lwshost on."""

    def __init__(self, conf):
        # The writer of Server without its process.
        self.folder = tempfile.mkdtemp(prefix="lwshost-test-")
        Server.write_conf(self, conf)

    def run(self, *arguments, **options):
        return run_lwshost("-c", self.folder, "--plugin-dir", TEST_PLUGINS, *arguments, **options)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        shutil.rmtree(self.folder)


class Case(unittest.TestCase):
    def assert_one_line(self, result, status, *parts):
        """The status, nothing on stdout, one line on stderr that has every part."""
        self.assertEqual(result.returncode, status, result.stderr)
        self.assertEqual(result.stdout, "")
        self.assertNotRegex(result.stderr, SANITIZER_REPORT)
        lines = result.stderr.splitlines()
        self.assertEqual(len(lines), 1, result.stderr)
        for part in parts:
            self.assertIn(part, lines[0])

    def refused(self, conf, status, *parts, arguments=()):
        with Folder(conf) as folder:
            self.assert_one_line(folder.run(*arguments), status,
                                 *(part.replace("CONF", f"{folder.folder}/conf")
                                   for part in parts))


class CommandLine(Case):
    def test_help_and_version_go_to_stdout(self):
        for option in ("-h", "--help"):
            result = run_lwshost(option)
            self.assertEqual((result.returncode, result.stderr), (OK, ""))
            for name in ("--configdir", "--port", "--plugin-dir", "--check", "-d", "-V", "Exit"):
                self.assertIn(name, result.stdout)
        for option in ("-V", "--version"):
            result = run_lwshost(option)
            self.assertEqual((result.returncode, result.stderr), (OK, ""))
            self.assertRegex(result.stdout, r"^lwshost \d+\.\d+\.\d+, libwebsockets \d+\.\d+\.\d+")

    def test_wrong_usage(self):
        for arguments, part in (
                (["--port", "70000"], "--port: \"70000\" is not a port"),
                (["--port", "-1"], "--port"), (["-p", "80x"], "--port"), (["-p", ""], "--port"),
                (["--port"], "--port"), (["-c"], "-c"), (["-c", ""], "--configdir"),
                (["--unknown"], "--unknown"), (["-z"], "-z"), (["-d", "all"], "-d"),
                (["extra"], "extra")):
            with self.subTest(arguments):
                self.assert_one_line(run_lwshost(*arguments), WRONG, "lwshost: ", part)

    def test_a_configuration_that_is_not_there(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assert_one_line(run_lwshost("-c", folder), WRONG, f"{folder}/conf")
            self.assert_one_line(run_lwshost("-c", f"{folder}/none"), WRONG, f"{folder}/none")


class Configurations(Case):
    def test_text_that_is_no_configuration(self):
        self.refused('{"vhosts": [\n  nonsense\n]}', WRONG, "CONF:2")
        self.refused("", WRONG, "CONF")
        self.refused("[]", WRONG, "CONF")

    def test_a_misspelt_key(self):
        self.refused([vhost(mounts=[{"mountpoint": "/", "orign": "callback://echo-test",
                                     "origin": "callback://echo-test"}],
                            ws_protocols=[{"echo-test": {}}])], WRONG,
                     "CONF:", "vhosts[0].mounts[0].orign", "did you mean \"origin\"")

    def test_a_bad_port(self):
        self.refused([vhost(port="65536")], WRONG, "vhosts[0].port")
        self.refused([vhost(port="7681x")], WRONG, "vhosts[0].port")

    def test_a_bad_interface(self):
        self.refused([vhost(interface="127.0.0.999")], WRONG, "vhosts[0].interface",
                     "127.0.0.999")
        self.refused([vhost(interface="::1", noipv6="1")], WRONG, "vhosts[0].interface", "noipv6")

    def test_a_mount_of_a_folder_that_is_not_there(self):
        self.refused([vhost(mounts=[{"mountpoint": "/", "origin": "file:///nowhere/at/all"}])],
                     WRONG, "CONF:", "vhosts[0].mounts[0].origin", "/nowhere/at/all",
                     "No such file or directory")
        self.refused([vhost(mounts=[{"mountpoint": "/", "origin": "file:///etc/passwd"}])],
                     WRONG, "vhosts[0].mounts[0].origin", "not a folder")

    def test_a_certificate_that_is_not_there(self):
        self.refused([vhost(host_ssl_cert="/nowhere.pem", host_ssl_key=LWSHOST)], WRONG,
                     "vhosts[0].host-ssl-cert", "/nowhere.pem", "No such file or directory")
        self.refused([vhost(host_ssl_cert=LWSHOST)], WRONG, "host-ssl-cert", "host-ssl-key")

    def test_a_user_that_does_not_exist(self):
        self.refused({"global": {"username": "nobody-at-all"}, "vhosts": [vhost()]}, WRONG,
                     "CONF:3: global.username", "nobody-at-all: no such user")
        self.refused({"global": {"groupname": "nobody-at-all"}, "vhosts": [vhost()]}, WRONG,
                     "CONF:3: global.groupname", "nobody-at-all: no such group")

    def test_a_port_that_is_in_use(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            self.refused([vhost(port=str(port))], FAILED, "CONF:", "vhosts[0].port", str(port),
                         "Address already in use")
            self.refused([vhost()], FAILED, str(port), "Address already in use",
                         arguments=["-p", str(port)])

    def test_nothing_listens_after_a_failure(self):
        with socket.create_server(("127.0.0.1", 0)) as taken, \
                socket.create_server(("127.0.0.1", 0)) as other:
            free = other.getsockname()[1]
            other.close()
            self.refused([vhost(name="a", port=str(free)),
                          vhost(name="b", port=str(taken.getsockname()[1]))], FAILED,
                         "vhosts[1].port", "in use")
            with self.assertRaises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", free))


class Plugins(Case):
    def test_a_protocol_that_no_plugin_has(self):
        self.refused([vhost(ws_protocols=[{"no-such-protocol": {}}])], WRONG, "CONF:",
                     "vhosts[0].ws-protocols[0].no-such-protocol", "no plugin", TEST_PLUGINS)

    def test_folders_are_searched_in_order(self):
        with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
            conf = {"global": {"plugin-dir": second},
                    "vhosts": [vhost(ws_protocols=[{"no-such-protocol": {}}])]}
            with Folder(conf) as folder:
                result = folder.run("--plugin-dir", first)
            self.assertRegex(result.stderr, f"searched {TEST_PLUGINS}, {first}, {second}, /")

    def test_a_file_that_is_no_plugin(self):
        with tempfile.TemporaryDirectory() as plugins:
            path = os.path.join(plugins, "libprotocol_no_such_protocol.so")
            with open(path, "w", encoding="ascii") as file:
                file.write("not a shared object\n")
            self.refused([vhost(ws_protocols=[{"no-such-protocol": {}}])], WRONG, path,
                         "can't be loaded", arguments=["--plugin-dir", plugins])

    def test_a_plugin_for_another_libwebsockets(self):
        self.refused([vhost(ws_protocols=[{"wrong-abi": {}}])], WRONG,
                     "libprotocol_wrong_abi.so", "another libwebsockets than")

    def test_stray_files_hide_nothing(self):
        with tempfile.TemporaryDirectory() as plugins:
            for name in ("README", "liba.so", "libprotocol_aaaaaa.so", "libprotocol_zzzzzz.so"):
                with open(os.path.join(plugins, name), "w", encoding="ascii") as file:
                    file.write("stray\n")
            for name in ("libprotocol_echo_test.so", "libprotocol_unlike_name.so"):
                shutil.copy(os.path.join(TEST_PLUGINS, name), plugins)
            with Folder([vhost(ws_protocols=[{"echo-test": {}}, {"surprise": {}}])]) as folder:
                result = run_lwshost("-c", folder.folder, "--plugin-dir", plugins, "--check")
            self.assertEqual(result.returncode, OK, result.stderr)

    def test_an_option_that_the_plugin_refuses(self):
        conf = [vhost(ws_protocols=[{"echo-test": {"say": "x", "refuse": "because"}}])]
        for arguments in ((), ("--check",)):
            self.refused(conf, WRONG, "CONF:", "vhosts[0].ws-protocols[0].echo-test.refuse",
                         "refused as asked: because", arguments=arguments)

    def test_a_complaint_is_one_line_whatever_it_repeats(self):
        self.refused([vhost(ws_protocols=[{"echo-test": {"refuse": "one\ntwo\x1b[2J"}}])], WRONG,
                     "refused as asked: one?two?[2J")

    def test_a_plugin_that_can_not_start(self):
        with Folder([vhost(ws_protocols=[{"echo-test": {"broken": "no file"}}])]) as folder:
            for loop in ("uv", "poll"):
                result = folder.run(env={**os.environ, "LWSHOST_EVENT_LOOP": loop})
                self.assertEqual((result.returncode, result.stdout), (FAILED, ""), result.stderr)
                self.assertIn("localhost: no file", result.stderr)
                self.assertNotRegex(result.stderr, SANITIZER_REPORT)


class Check(Case):
    def test_check_does_not_listen(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            with Folder([vhost(port=str(port), ws_protocols=[{"echo-test": {}}])]) as folder:
                result = folder.run("--check")
        self.assertEqual((result.returncode, result.stdout), (OK, ""), result.stderr)
        self.assertNotIn("error", result.stderr)

    def test_a_warning_is_called_so_once(self):
        with Folder({"global": {"ws-pingpong-secs": "1"}, "vhosts": [vhost()]}) as folder:
            result = folder.run("--check")
        self.assertEqual(result.returncode, OK, result.stderr)
        self.assertRegex(result.stderr, r"^\S+ \S+ warning: \S+/conf:\d+: global\.ws-pingpong-secs: "
                         r"deprecated, .*\n$")

    def test_check_complains_about_all_vhosts(self):
        with Folder([vhost(name="a", ws_protocols=[{"echo-test": {"refuse": "first"}}]),
                     vhost(name="b", ws_protocols=[{"echo-test": {"refuse": "second"}}])]) as folder:
            result = folder.run("--check")
        self.assertEqual(result.returncode, WRONG)
        self.assertIn("vhosts[0].ws-protocols[0].echo-test.refuse", result.stderr)
        self.assertIn("vhosts[1].ws-protocols[0].echo-test.refuse", result.stderr)


class Relocation(Case):
    def test_an_installed_tree_can_be_moved(self):
        """bin/, lib/ and share/ of one prefix belong together wherever they are."""
        with tempfile.TemporaryDirectory() as prefix:
            os.makedirs(f"{prefix}/bin")
            os.makedirs(f"{prefix}/share/lwshost")
            os.makedirs(f"{prefix}/etc/lwshost")
            build = os.path.dirname(os.path.dirname(LWSHOST))
            plugins = os.path.join(prefix, os.path.relpath(PLUGIN_DIR, build))
            shutil.copytree(TEST_PLUGINS, plugins, ignore=shutil.ignore_patterns("CMake*"))
            shutil.copy(LWSHOST, f"{prefix}/bin/lwshost")
            with open(f"{prefix}/etc/lwshost/conf", "w", encoding="ascii") as file:
                file.write('{"vhosts": [{"name": "x", "port": 0, "interface": "127.0.0.1",'
                           ' "mounts": [{"mountpoint": "/", "origin": "file://_lws_ddir_/lwshost"}],'
                           ' "ws-protocols": [{"echo-test": {}}]}]}')
            result = subprocess.run([f"{prefix}/bin/lwshost", "--check"], text=True,
                                    capture_output=True, timeout=30, check=False)
            self.assertEqual(result.returncode, OK, result.stderr)


if __name__ == "__main__":
    unittest.main()
