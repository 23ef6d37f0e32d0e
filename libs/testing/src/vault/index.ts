export { describeVaultContract, type VaultUnderTest } from './vault-contract.js';
export { describeApiKeysContract, type ApiKeysUnderTest } from './api-keys-contract.js';
