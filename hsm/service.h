// Answers the audit process (ipc/audit_hsm.h), one request at a time. Decides what a failure of the
// module means: on anything but "wrong PIN" and "these are not the sealed bytes" the whole life is
// thrown away, a new one begun with the PIN of the last login, and the request tried once more. A
// PIN that was refused is forgotten at once and never tried again.
#pragma once

#include "base/log.h"
#include "hsm/shelves.h"

namespace hsm {

class Service {
 public:
  Service(const Module& module, Place place, const base::Log& log)
      : module_(module), place_(std::move(place)), log_(log) {}

  base::Result<ipc::Login::Reply> handle(ipc::Login request);
  base::Result<ipc::Enrol::Reply> handle(ipc::Enrol request);
  base::Result<ipc::Done> handle(ipc::Logout request);
  base::Result<ipc::Done> handle(ipc::CreateKey request);
  base::Result<ipc::Done> handle(ipc::DestroyKeys request);
  base::Result<ipc::SealSalt::Reply> handle(ipc::SealSalt request);
  base::Result<ipc::Done> handle(ipc::LoadSalts request);
  base::Result<ipc::Seal::Reply> handle(ipc::Seal request);
  base::Result<ipc::Open::Reply> handle(ipc::Open request);
  base::Result<ipc::Reseal::Reply> handle(ipc::Reseal request);
  base::Result<ipc::Mac::Reply> handle(ipc::Mac request);
  base::Result<ipc::Sign::Reply> handle(ipc::Sign request);
  base::Result<ipc::GetPublicKey::Reply> handle(ipc::GetPublicKey request);

  // The peer has gone, or asked: keys, PIN and derived secrets are forgotten, the token logged out.
  void log_out();
  [[nodiscard]] bool logged_in() const { return keyring_.has_value(); }

 private:
  static constexpr int kLivesMax = 2;  // a request sees at most one renewal

  template <class Work>
  auto with_life(Work work) -> decltype(work(std::declval<Keyring&>()));
  base::Result<> renew();
  base::Result<> begin_life(const base::Secret<64>& pin);
  base::Result<> destroy_once(const ipc::DestroyKeys& request);
  ipc::Login::Reply login_reply() const;

  const Module& module_;
  const Place place_;
  const base::Log& log_;
  base::Secret<64> pin_;  // of the login that holds; empty: logged out
  std::optional<Keyring> keyring_;
  Shelves shelves_;
};

}  // namespace hsm
