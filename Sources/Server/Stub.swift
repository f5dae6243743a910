import ArgumentParser
import Hummingbird
import HummingbirdTLS
import Crypto
import NIOWebSocket
