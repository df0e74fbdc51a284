"""The shipped configuration answers about addresses as the pages and the tutorial expect it."""

import http.client
import json
import os
import unittest

from support import Server
from support.server import SOURCE

TUTORIAL = """\
14.130.112.24:
国家：中国 省份: 北京 城市: 北京
15.130.112.24:
国家：美国 省份: 加利福尼亚州 城市: 帕罗奥多
16.130.112.24:
国家：美国 省份: 德克萨斯州 城市: 休斯敦
17.130.112.24:
国家：美国 省份: 加利福尼亚州 城市: 库比蒂诺
"""
FOUR = "ip=14.130.112.24&ip=15.130.112.24&ip=16.130.112.24&ip=17.130.112.24"


def shipped():
    """conf/conf with its folders taken from the source tree."""
    with open(os.path.join(SOURCE, "conf/conf"), encoding="utf-8") as file:
        text = file.read()
    return text.replace("_lws_ddir_/lwshost/mount", os.path.join(SOURCE, "mount")).replace(
        "_lws_ddir_/lwshost/geoip.mmdb",
        os.path.join(SOURCE, "plugins/ip-lookup/data/sample.mmdb"))


class Addresses(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(shipped(), ["-p", "0"])
        cls.server.__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__(None, None, None)

    def ask(self, query):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
        self.addCleanup(connection.close)
        connection.request("GET", f"/ip-info?{query}")
        return connection.getresponse().read().decode()

    def test_text_and_html_are_the_lines_of_the_tutorial(self):
        self.assertEqual(self.ask(FOUR + "&format=text"), TUTORIAL)
        self.assertEqual(self.ask(FOUR + "&format=html"), TUTORIAL.replace("\n", "<br/>"))

    def test_an_unknown_address_and_a_half_known_one(self):
        self.assertEqual(self.ask("ip=192.0.43.10&ip=1.1.1.1&format=text"),
                         "192.0.43.10:\n查询IP信息错误\n1.1.1.1:\n国家：澳大利亚 省份:  城市: \n")
        answer = json.loads(self.ask("ip=192.0.43.10"))
        self.assertEqual(answer["results"][0]["error"]["code"], "not_found")

    def test_there_are_coordinates_and_names_in_the_language_asked_for(self):
        answer = json.loads(self.ask("ip=14.130.112.24&lang=en-GB"))["results"][0]
        self.assertEqual([answer["country"], answer["city"], answer["latitude"], answer["source"]],
                         ["China", "Beijing", 39.9042, "ip-lookup"])
        answer = json.loads(self.ask("ip=2001:4860:4860::8888&lang=zh"))["results"][0]
        self.assertEqual([answer["country"], answer["city"]], ["美国", "山景城"])


if __name__ == "__main__":
    unittest.main()
