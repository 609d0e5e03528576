"""A peer: picows, whose framing and sending is compiled."""

from picows import WSFrame, WSListener, WSMsgType, WSTransport, WSUpgradeRequest, ws_create_server

from bench.peers.feed import frames, play


async def main() -> None:
    viewers: set[WSTransport] = set()

    class Viewer(WSListener):  # type: ignore[misc]  # picows is not there where types are checked
        def on_ws_connected(self, transport: WSTransport) -> None:
            viewers.add(transport)

        def on_ws_disconnected(self, transport: WSTransport) -> None:
            viewers.discard(transport)

        def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
            if frame.msg_type == WSMsgType.CLOSE:
                transport.disconnect()

    def come(_: WSUpgradeRequest) -> Viewer:
        return Viewer()

    server = await ws_create_server(come, "127.0.0.1", 0, backlog=4096)
    async for frame in frames(server.sockets[0].getsockname()[1]):
        for viewer in viewers:
            viewer.send(WSMsgType.TEXT, frame)


if __name__ == "__main__":
    play(main())
