#include "monitor/tls_stream.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>

namespace monitor {

using base::Code;
using base::fail;
using base::Result;

namespace {

// Why a handshake failed: the peer's certificate, or anything else.
base::Error why(const SSL* ssl) {
  return ::SSL_get_verify_result(ssl) == X509_V_OK ? base::Error{Code::kIo, "tls"}
                                                   : base::Error{Code::kDenied, "peer"};
}

}  // namespace

Result<TlsContext> TlsContext::server(const std::string& certificate, const std::string& clients) {
  TlsContext out;
  out.context_.reset(::SSL_CTX_new(::TLS_server_method()));
  SSL_CTX* context = out.context_.get();
  if (context == nullptr) return fail(Code::kIo, "tls");
  ::SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
  // One connection a process: nothing is to be resumed.
  ::SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  ::SSL_CTX_set_num_tickets(context, 0);
  if (::SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1 ||
      ::SSL_CTX_use_PrivateKey_file(context, certificate.c_str(), SSL_FILETYPE_PEM) != 1) {
    return fail(Code::kInvalid, "certificate");
  }
  if (::SSL_CTX_load_verify_file(context, clients.c_str()) != 1) {
    return fail(Code::kInvalid, "clients");
  }
  ::SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  return out;
}

Result<TlsContext> TlsContext::client(const std::string& authorities) {
  TlsContext out;
  out.context_.reset(::SSL_CTX_new(::TLS_client_method()));
  SSL_CTX* context = out.context_.get();
  if (context == nullptr) return fail(Code::kIo, "tls");
  ::SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  if (::SSL_CTX_load_verify_file(context, authorities.c_str()) != 1) {
    return fail(Code::kInvalid, "authorities");
  }
  ::SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  return out;
}

Result<TlsStream> TlsStream::begin(const TlsContext& context, base::Fd socket) {
  TlsStream out;
  out.ssl_.reset(::SSL_new(context.context_.get()));
  if (!out.ssl_ || ::SSL_set_fd(out.ssl_.get(), socket.get()) != 1) return fail(Code::kIo, "tls");
  out.socket_ = std::move(socket);
  return out;
}

Result<TlsStream> TlsStream::accept(const TlsContext& context, base::Fd socket) {
  auto out = TRY(begin(context, std::move(socket)));
  if (::SSL_accept(out.ssl_.get()) != 1) return std::unexpected(why(out.ssl_.get()));
  return out;
}

Result<TlsStream> TlsStream::connect(const TlsContext& context, base::Fd socket,
                                     const std::string& name) {
  auto out = TRY(begin(context, std::move(socket)));
  SSL* ssl = out.ssl_.get();
  // RFC 6125: only what the certificate says of this name counts, never a wildcard of part of it.
  ::SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  if (::SSL_set1_host(ssl, name.c_str()) != 1 ||
      ::SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                 std::string(name).data()) != 1) {
    return fail(Code::kInvalid, "name");
  }
  if (::SSL_connect(ssl) != 1) return std::unexpected(why(ssl));
  return out;
}

Result<std::string> TlsStream::read() {
  std::array<char, 4096> buffer{};
  std::size_t size = 0;
  ::ERR_clear_error();
  if (::SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &size) == 1) {
    return std::string(buffer.data(), size);
  }
  if (::SSL_get_error(ssl_.get(), 0) == SSL_ERROR_ZERO_RETURN) return std::string();
  return fail(Code::kIo, "tls");
}

Result<> TlsStream::write(std::string_view text) {
  std::size_t size = 0;
  ::ERR_clear_error();
  // Without partial writes it is all or nothing.
  if (::SSL_write_ex(ssl_.get(), text.data(), text.size(), &size) != 1) {
    return fail(Code::kIo, "tls");
  }
  return {};
}

void TlsStream::close() {
  if (ssl_) static_cast<void>(::SSL_shutdown(ssl_.get()));
  ssl_.reset();
  socket_.reset();
}

Result<> set_time_outs(const base::Fd& socket, int seconds) {
  const timeval limit{seconds, 0};
  for (const int direction : {SO_RCVTIMEO, SO_SNDTIMEO}) {
    if (::setsockopt(socket.get(), SOL_SOCKET, direction, &limit, sizeof limit) != 0) {
      return fail(Code::kIo, "socket");
    }
  }
  return {};
}

}  // namespace monitor
